"""The completion script for bash, from 3.2 (macOS) on, with or without the package bash-completion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.cli.completion_words import Command, Words

_BEGIN = r"""# Completion of tbtui for bash, printed by `tbtui completion bash`.

_tbtui_add() {
    local word
    while IFS= read -r word; do COMPREPLY+=("$word"); done
}

_tbtui_words() { _tbtui_add < <(compgen -W "$1" -- "$cur"); }

# Bash is told that these are names of files, so that it quotes them and puts a slash behind directories.
_tbtui_paths() {
    compopt -o filenames 2>/dev/null
    _tbtui_add < <(compgen "$1" -- "$cur")
}

_tbtui() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev= command=
    (( COMP_CWORD > 0 )) && prev=${COMP_WORDS[COMP_CWORD-1]}
    COMPREPLY=()
    # Bash takes `--option=value` and `NAME:PATH` for three words each.
    if [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    elif [[ $cur == = || $cur == : ]]; then
        cur=
    fi
    if (( COMP_CWORD > 1 )); then
        case ${COMP_WORDS[1]} in
            COMMANDS) command=${COMP_WORDS[1]} ;;
        esac
    fi
    case $command:$prev in
"""
_END = """    esac
}

complete -F _tbtui tbtui
"""


def bash_script(commands: Sequence[Command]) -> str:
    """The script; `commands` begins with `tbtui` itself."""
    names = [command.name for command in commands[1:]]
    lines = [_BEGIN.replace("COMMANDS", "|".join(names))]
    for command in commands:
        lines += _values(command)
    lines += ['    esac\n    case "$command:$cur" in\n']
    lines += [f"        {command.name}:-*) _tbtui_words '{' '.join(command.flags)}' ;;\n" for command in commands]
    for command in commands[1:]:
        lines.append(f"        {command.name}:*) {_action(command.words, command.choices)} ;;\n")
    lines.append("        *)\n")
    lines.append(f"            (( COMP_CWORD > 1 )) || _tbtui_words '{' '.join(names)}'\n")
    lines.append(f"            {_action(commands[0].words, ())} ;;\n")
    return "".join([*lines, _END])


def _values(command: Command) -> Iterator[str]:
    """What is completed behind each option, after which nothing else is."""
    for option in command.options:
        if option.words is not Words.NONE and not option.is_optional:
            places = "|".join(f"{command.name}:{flag}" for flag in option.flags)
            action = _action(option.words, option.choices)
            yield f"        {places}) {action}{'; ' if action else ''}return ;;\n"


def _action(words: Words, choices: Sequence[str]) -> str:
    match words:
        case Words.CHOICES:
            return f"_tbtui_words '{' '.join(choices)}'"
        case Words.FILES:
            return "_tbtui_paths -f"
        case Words.DIRECTORIES | Words.LOGDIRS:
            return "_tbtui_paths -d"
        case _:
            return ""
