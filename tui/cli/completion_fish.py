"""The completion script for fish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.cli.completion_words import Command, Option, Words

_BEGIN = r"""# Completion of tbtui for fish, printed by `tbtui completion fish`.

# Whether the command is this one; an empty name stands for tbtui itself.
function __tbtui_is
    set -l words (commandline -opc)
    set -l name ''
    if test (count $words) -gt 1; and contains -- $words[2] NAMES
        set name $words[2]
    end
    test "$name" = "$argv[1]"
end

function __tbtui_is_first
    test (count (commandline -opc)) -eq 1
end

# A directory, which may have a name: NAME:PATH
function __tbtui_logdirs
    set -l word (commandline -ct)
    set -l parts (string match -r '^([^/:]+:)(.*)$' -- $word)
    if test (count $parts) -eq 3
        for path in (__fish_complete_directories $parts[3] '')
            echo $parts[2]$path
        end
    else
        __fish_complete_directories $word ''
    end
end

complete -c tbtui -e
complete -c tbtui -f
"""


def fish_script(commands: Sequence[Command]) -> str:
    """The script; `commands` begins with `tbtui` itself."""
    names = [command.name for command in commands[1:]]
    lines = [_BEGIN.replace("NAMES", " ".join(names))]
    for command in commands[1:]:
        lines.append(f"complete -c tbtui -n __tbtui_is_first -a {command.name} -d {_quoted(command.about)}\n")
    for command in commands:
        lines += _of(command)
    return "".join(lines)


def _of(command: Command) -> Iterator[str]:
    condition = _quoted(f"__tbtui_is '{command.name}'")
    begin = f"complete -c tbtui -n {condition}"
    yield f"{begin}{_action(command.words, command.choices)}\n"
    for option in command.options:
        flags = "".join(f" -l {flag[2:]}" if flag.startswith("--") else f" -s {flag[1:]}" for flag in option.flags)
        yield f"{begin}{flags} -d {_quoted(option.about)}{_behind(option)}\n"


def _behind(option: Option) -> str:
    if option.words is Words.NONE or option.is_optional:
        return ""
    return f" -r{_action(option.words, option.choices)}"


def _action(words: Words, choices: Sequence[str]) -> str:
    match words:
        case Words.CHOICES:
            return f" -f -a {_quoted(' '.join(choices))}"
        case Words.FILES:
            return " -F"
        case Words.DIRECTORIES | Words.LOGDIRS:
            return " -f -a '(__tbtui_logdirs)'"
        case _:
            return " -f"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
