"""The completion script for zsh, to be autoloaded from fpath as `_tbtui`, or evaluated after compinit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tui.cli.completion_words import Command, Option, Words

_BEGIN = r"""#compdef tbtui
# Completion of tbtui for zsh, printed by `tbtui completion zsh`.

# A directory, which may have a name: NAME:PATH
_tbtui_logdir() {
    compset -P 1 '[^/]#:'
    _directories
}

_tbtui_first() {
    local -a commands=(
COMMANDS
    )
    _describe -t commands command commands
    _tbtui_logdir
}

_tbtui() {
    local name=
    if (( CURRENT > 2 )); then
        case $words[2] in
            (NAMES) name=$words[2]; shift words; (( CURRENT-- )) ;;
        esac
    fi
    case $name in
"""
_END = r"""    esac
}

if [[ $funcstack[1] == _tbtui ]]; then
    _tbtui "$@"
else
    compdef _tbtui tbtui
fi
"""


def zsh_script(commands: Sequence[Command]) -> str:
    """The script; `commands` begins with `tbtui` itself."""
    names = "|".join(command.name for command in commands[1:])
    described = "\n".join(f"        {_quoted(f'{one.name}:{one.about}')}" for one in commands[1:])
    lines = [_BEGIN.replace("COMMANDS", described).replace("NAMES", names)]
    for command in [*commands[1:], commands[0]]:
        specs = [spec for option in command.options for spec in _specs(option)]
        if not command.name:
            specs.append("1:LOGDIR or command:_tbtui_first")
        specs.append(f"*:{command.words.name.lower()}:{_action(command.words, command.choices)}")
        body = " \\\n".join(f"                {_quoted(spec)}" for spec in specs)
        lines.append(f"        ({command.name or '*'})\n            _arguments -s -S \\\n{body} ;;\n")
    return "".join([*lines, _END])


def _specs(option: Option) -> Iterator[str]:
    """An option as `_arguments` takes it, a specification a flag: each excludes all, unless it may be repeated."""
    before = "*" if option.is_repeatable else f"({' '.join(option.flags)})"
    about = re.sub(r"([\[\]\\:])", r"\\\1", option.about)
    for flag in option.flags:
        if option.words is Words.NONE:
            yield f"{before}{flag}[{about}]"
        else:
            joined = "=" if flag.startswith("--") else "+"
            optional = ":" if option.is_optional else ""
            yield f"{before}{flag}{joined}[{about}]:{optional}value:{_action(option.words, option.choices)}"


def _action(words: Words, choices: Sequence[str]) -> str:
    match words:
        case Words.CHOICES:
            return f"({' '.join(choices)})"
        case Words.FILES:
            return "_files"
        case Words.DIRECTORIES:
            return "_directories"
        case Words.LOGDIRS:
            return "_tbtui_logdir"
        case _:
            return " "


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
