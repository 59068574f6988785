"""The screen on a log directory in which everything is hostile: all of it is walked, and every byte sent is parsed."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style
from textual.color import Color

from tests.terminal import Terminal
from tests.tui.hostile.grammar import LeakError, check_command, check_screen
from tests.tui.hostile.logdir import hostile_logdir
from tests.tui.hostile.texts import Marks
from tui.app.output.harmless import Harmless, harmless_lines

_BOLD = Style(bold=True)
KEYS = {
    "enter": b"\r", "space": b" ", "tab": b"\t", "palette": b"\x10",
    "up": b"\x1b[A", "down": b"\x1b[B", "right": b"\x1b[C", "left": b"\x1b[D",
    "escape": b"\x1b[27u",  # as kitty sends it: alone, ESC would have to be waited for
    "paste": b"\x1b[200~Qzz\x07\xc2\x9b2J\x7f\xe2\x80\xae\x1b[201~",
}  # fmt: skip
TYPED, CLOSED, PALETTE = r"Qzz\x07\x9b2J\x7f\u202e", "", "Search for commands"
MOVES = {"enter", "escape", "g", "v", "V", "M", "tab"}
# Keys, and a field that is on the screen then; or what shows that the filter line is open, or closed, or the palette.
WALK = (
    ("space g v c v j enter m right c e G escape escape", "scalar group"),
    ("/ paste", TYPED),
    ("escape", CLOSED),
    ("}", "histogram tag"),
    ("enter right g m c e escape escape }", "image tag"),
    ("enter right g m c e j j escape escape }", "audio tag"),
    ("enter j g c e escape escape escape }", "text tag"),
    ("enter", "heading"),
    ("d", "inline code"),
    ("d", "code"),
    ("d", "quoted"),
    ("c e down / paste", TYPED),
    ("escape", CLOSED),
    ("escape escape escape }", "PR curve tag"),
    ("enter right m c e escape escape }", "hparam value"),
    ("V", "metric display name"),
    ("escape m j m M escape g j g g c e }", "Keras tag"),
    ("enter + down", "graph node"),
    ("down enter", "graph attribute"),
    ("escape escape j j j enter", "Keras layer"),
    ("g g g c e escape escape escape }", "chart title"),
    ("enter", "layout pattern"),
    ("j escape escape }", "embedding name"),
    ("j j enter", "metadata label"),
    ("C right m c e escape escape escape }", "mesh name"),
    ("enter right m c e escape escape }", "plugin name"),
    ("enter j j c escape escape }", "bookmarks path"),
    ("j c e enter escape escape tab j S b o o", "second run"),
    ("t t", "run"),
    ("palette", PALETTE),
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Marks]]:
    """The log directory, and the marks of its fields; what is written goes to another directory."""
    marks = Marks()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("here"))
        yield hostile_logdir(tmp_path_factory.mktemp("logs"), marks), marks


def press(terminal: Terminal, keys: str) -> None:
    """Press keys, with time to draw what comes of each; one behind a key that opens or closes waits for that."""
    for key in keys.split():
        terminal.press(KEYS.get(key) or key.encode())
        if key in MOVES and keys not in ("escape", "c paste escape"):
            settle(terminal)
        else:
            terminal.read(0.02)


def settle(terminal: Terminal) -> None:
    """Wait until all keys were dealt with: the help comes after them, and goes."""
    terminal.press(b"?")
    terminal.until_shown("tbtui keys")
    terminal.press(KEYS["escape"])
    terminal.until(lambda: "tbtui keys" not in terminal.text)


def test_nothing_hostile_reaches_the_terminal(hostile: tuple[Path, Marks], tmp_path: Path) -> None:
    logdir, marks = hostile
    config = tmp_path / "config.toml"
    config.write_text('theme = "\\u001b]0;Qzz\\u0007"\n"\\u001b[2J\\u202e\\u009b" = 1\n')
    with Terminal.tbtui(str(logdir), columns=160, lines=45, TBTUI_CONFIG=str(config)) as terminal:
        terminal.until_shown(marks.fields["scalar tag"])
        terminal.until_shown("last event")
        for keys, field in WALK:
            press(terminal, keys)
            if field not in (TYPED, CLOSED, PALETTE):
                settle(terminal)
            if field == CLOSED:
                terminal.until(lambda: TYPED not in terminal.text)
            else:
                terminal.until_shown(marks.fields.get(field, field))
        press(terminal, "c paste escape")
        terminal.until(lambda: "🔎" not in terminal.text)
        terminal.press(b"q")
        assert terminal.end() == 0
        assert terminal.restored
        sent = bytes(terminal.output)
    check_screen(sent)
    copied = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", sent)
    assert len(copied) > 5
    for text in copied:  # it is pasted into terminals, too
        check_command(b64decode(text).replace(b"\t", b" "))


def test_a_crash_is_told_without_what_it_quotes() -> None:
    console = Console(width=200, force_terminal=True, color_system="truecolor")
    with console.capture() as capture:
        console.print(harmless_lines(Segments([Segment("a\x1b]0;t\x07\u202e\n\x9b2Jb\n", _BOLD)]), console))
    assert capture.get() == "\x1b[1ma\\x1b]0;t\\x07\\u202e\x1b[0m\n\x1b[1m\\x9b2Jb\x1b[0m\n"


@pytest.mark.parametrize(
    "leak",
    [
        "\x1b]0;t\x07", "\x1b]2;t\x1b\\", "\x1b]8;;x\x07", "\x1b]52;c;?\x07", "\x1b[6n", "\x1b[2J", "\x1b[?47h",
        "\x1bc", "\x1bPx\x1b\\", "\x1bX", "\x9b", "\x7f", "\x00", "\n", "\t", "\u202e", "\u2069", "\u2028", "\u200b",
        "\U000e0041", "\U0010eeee", "\ue000", "e" + "\u0301" * 9,
    ],
)  # fmt: skip
def test_the_grammar_finds_leaks(leak: str) -> None:
    around = "\x1b[?1049h\x1b[1;1Ha", "\x1b[m\x1b[?1049l\r\n"
    check_screen("".join(around).encode())
    with pytest.raises(LeakError):
        check_screen(leak.join(around).encode())
    with pytest.raises(LeakError):
        check_screen(b"\x9b".join(text.encode() for text in around))
    if leak not in "\n":
        with pytest.raises(LeakError):
            check_command(f"a{leak}b\n".encode())


def test_the_gate_of_a_screen_without_the_stage() -> None:
    segments = [Segment("a\x1b[2Jb\u202e\xad", _BOLD), Segment("ok é 漢", None)]
    assert Harmless().apply(segments, Color(0, 0, 0)) == [Segment("a[2Jb?", _BOLD), Segment("ok é 漢", None)]
