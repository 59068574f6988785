"""The options of the screen, for `tbtui LOGDIR...` and `tbtui demo`; and what the screen starts with, given those."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tui.app import cap_frames
from tui.app.config_file import Config, read_config
from tui.app.places import config_path, state_directory
from tui.app.settings import RULES, Between, Bytes, OneOf, Settings, Start
from tui.cli.errors import CommandError
from tui.render.text import printable

SETTINGS = {
    "theme": "theme",
    "palette": "palette",
    "density": "density",
    "x": "axis",
    "smooth": "smoothing",
    "log": "log_y",
    "ascii": "ascii",
    "colours": "colours",
    "images": "images",
    "target": "target",
    "bell": "bell",
    "notify": "notify",
    "diff": "diff",
    "mouse": "mouse",
    "fps": "fps",
    "memory": "memory",
    "spreadsheet": "spreadsheet",
}
"""Option -> the setting that it gives."""
_USUAL = Settings()
_SWITCH = argparse.BooleanOptionalAction


def add_screen_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options. Each is None in the parsed arguments where it was not given."""
    group = parser.add_argument_group(
        "options of the screen", "They go before what is remembered and what the configuration file says."
    )
    _choice(group, "theme", "background")
    _choice(group, "palette", "colours of runs (ansi: all colours are the terminal's own 16)")
    _choice(group, "density", "how scalars are listed")
    _choice(group, "x", "x axis")
    group.add_argument(
        "--smooth",
        metavar="WEIGHT",
        type=_number("smoothing"),
        help=f"from 0 (off) to 0.999; default: {_USUAL.smoothing}",
    )
    group.add_argument("--log", action=_SWITCH, help="logarithmic y axis")
    group.add_argument("--ascii", action=_SWITCH, help="ASCII characters only; default: what the terminal can show")
    _choice(group, "colours", "those of the terminal (default: what TERM, COLORTERM and NO_COLOR say)")
    group.add_argument("--colors", dest="colours", choices=_words("colours"), help=argparse.SUPPRESS)
    _choice(group, "images", "what images are drawn with (auto: pixels on terminals that surely have them)")
    group.add_argument(
        "--target",
        metavar="STEP",
        type=_number("target"),
        help="step at which runs are done, for the time left; default: as hparams such as max_steps say",
    )
    group.add_argument("--bell", action=_SWITCH, help="ring when something goes wrong or a run ends")
    group.add_argument("--notify", action=_SWITCH, help="the same as a notification of the desktop (OSC 9)")
    group.add_argument("--diff", action=_SWITCH, help="send the terminal only what changed; default: --diff")
    group.add_argument("--mouse", action=_SWITCH, help="take the mouse from the terminal; default: --mouse")
    group.add_argument(
        "--fps",
        metavar="N",
        type=_number("fps"),
        help=f"draw a change at most so often a second; default: {_USUAL.fps}",
    )
    group.add_argument(
        "--memory", metavar="SIZE", type=_bytes, help="let points go beyond this, such as 2G; default: keep all"
    )
    group.add_argument("--spreadsheet", action=_SWITCH, help="export and copy CSV in which no text is a formula")
    group.add_argument(
        "--config", metavar="FILE", type=Path, help="another configuration file than ~/.config/tbtui/config.toml"
    )
    group.add_argument("--fresh", action="store_true", help="neither use nor change what is remembered")


def _choice(group: argparse._ArgumentGroup, option: str, help: str) -> None:
    words = _words(option)
    usual = getattr(_USUAL, SETTINGS[option])
    text = f"{help}: {', '.join(words)}" + (f"; default: {usual}" if usual is not None else "")
    group.add_argument(f"--{option}", choices=words, metavar=option.upper(), help=text)


def _words(option: str) -> list[str]:
    rule = RULES[SETTINGS[option]]
    assert isinstance(rule, OneOf)
    return [str(word) for word in rule.words]


def _number(setting: str) -> Callable[[str], float]:
    rule = RULES[setting]
    assert isinstance(rule, Between)

    def number(text: str) -> float:
        try:
            return rule.taken(int(text) if rule.whole else float(text))
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {rule.allowed}") from None

    return number


def _bytes(text: str) -> int:
    rule = RULES["memory"]
    assert isinstance(rule, Bytes)
    try:
        return rule.taken(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not {rule.allowed}") from None


def screen_arguments(arguments: argparse.Namespace) -> list[str]:
    """The command line that says what these arguments say: the options of the screen, and the logdirs."""
    words: list[str] = []
    for option in (*SETTINGS, "config", "fresh"):
        value = getattr(arguments, option)
        if isinstance(value, bool):
            words += [f"--{option}"] if value else [] if option == "fresh" else [f"--no-{option}"]
        elif value is not None:
            words.append(f"--{option}={value}")
    return [*words, "--", *arguments.logdirs]


def start_of(arguments: argparse.Namespace, *, remembers: bool = True) -> Start:
    """What the screen starts with. To be called before Textual is imported.

    Raises:
        CommandError: the file of --config cannot be read.
    """
    config = _config(arguments.config)
    given = {
        setting: RULES[setting].taken(value)
        for option, setting in SETTINGS.items()
        if (value := getattr(arguments, option)) is not None
    }
    settings = replace(config.settings, **given)  # type: ignore[arg-type]  # the rules saw to the types
    cap_frames(settings.fps)
    keys, complaints = config.checked_keys()
    return Start(
        settings=replace(settings, keys=keys),
        given=frozenset(given),
        state_directory=state_directory() if remembers and not arguments.fresh else None,
        complaints=(*config.complaints, *complaints),
    )


def _config(chosen: Path | None) -> Config:
    if chosen is not None and not chosen.exists():
        raise CommandError(f"{printable(str(chosen))} does not exist")
    path = chosen or config_path()
    return Config() if path is None else read_config(path)
