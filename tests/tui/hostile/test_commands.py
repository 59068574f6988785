"""Every command on a log directory in which everything is hostile, on a terminal and into a pipe; hostile arguments."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.hostile.grammar import check_command
from tests.tui.hostile.logdir import hostile_logdir
from tests.tui.hostile.texts import Marks
from tui.cli.harmless import guard_stderr, unguarded
from tui.cli.json_text import json_text
from tui.cli.main import entry_point
from tui.cli.progress import Progress

BAD = "Q\x1b]0;t\x07\x9b2J\u202e\x7f\udc9b\n"
COMMANDS = (
    ("ls",), ("ls", "--json"), ("tags",), ("tags", "--json"), ("status",), ("check",), ("check", "--json"),
    ("hparams",), ("hparams", "--format", "csv"), ("hparams", "--format", "json"),
    ("diff", "Q", "R"), ("diff", "Q", "R", "--json"), ("plot",), ("plot", "--tag", "Q"),
    ("report",), ("report", "--format", "html"), ("report", "--format", "svg"),
    ("export",), ("export", "--format", "jsonl"), ("export", "-o", "/dev/stdout"), ("export", "--kind", "text"),
    ("export", "--kind", "hparams"), ("export", "--kind", "histograms", "--format", "jsonl"),
)  # fmt: skip
MISTAKES = (
    ("ls", BAD), ("ls", "D", BAD), ("ls", "D", f"--{BAD}"), (BAD,), (f"--{BAD}",), ("D", "--theme", BAD), (f"x:{BAD}",),
    ("ls", f"s4://{BAD}"), ("export", "D", "--kind", BAD), ("export", "D", "--run", f"({BAD}"), ("inspect", BAD),
    ("export", "D", "-o", f"/no/{BAD}"), ("plot", "D", "--width", BAD), ("hparams", "D", "--where", BAD),
    ("hparams", "D", "--sort", BAD), ("check", "D", "--rule", BAD), ("diff", "D", BAD, BAD), ("report", "D", "-o", BAD),
    ("serve", BAD), ("serve", "D", "--host", BAD), ("status", "D", "--total-steps", BAD), ("D", "--config", BAD),
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Marks]]:
    marks = Marks()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("here"))
        patch.setenv("TERM", "xterm-256color")
        yield hostile_logdir(tmp_path_factory.mktemp("logs"), marks), marks


def on_terminal(*arguments: str) -> tuple[int, bytes]:
    """Exit code of a command in this process, and all that it writes to its terminal."""
    master, slave = pty.openpty()
    written = bytearray()
    reader = threading.Thread(target=_read_all, args=(master, written))
    reader.start()
    code = _run(arguments, os.fdopen(os.dup(slave), "wb", 0), os.fdopen(slave, "wb", 0))
    reader.join()
    os.close(master)
    return code, bytes(written)


def piped(*arguments: str) -> tuple[int, bytes, bytes]:
    """Exit code of a command in this process, and what it writes to stdout and stderr."""
    out, err = _Kept(), _Kept()
    code = _run(arguments, out, err)
    return code, out.data, err.data


class _Kept(io.BytesIO):
    """Bytes that are there after it is closed."""

    data = b""

    def close(self) -> None:
        if not self.closed:
            self.data = self.getvalue()
        super().close()


def _run(arguments: tuple[str, ...], out: io.RawIOBase | io.BytesIO, err: io.RawIOBase | io.BytesIO) -> int:
    with pytest.MonkeyPatch.context() as patch:
        stdout = io.TextIOWrapper(out, encoding="utf-8", write_through=True)  # type: ignore[type-var]
        stderr = io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace", write_through=True)  # type: ignore[type-var]
        patch.setattr(sys, "argv", ["tbtui", *arguments])
        patch.setattr(sys, "stdout", stdout)
        patch.setattr(sys, "stderr", stderr)
        try:
            return entry_point()
        except SystemExit as error:
            assert isinstance(error.code, int)
            return error.code
        finally:
            stdout.close()
            stderr.close()


def _read_all(file: int, into: bytearray) -> None:
    while True:
        try:
            data = os.read(file, 1 << 16)
        except OSError:  # nobody has the other end any more
            return
        into += data


def _with_logdir(command: tuple[str, ...], hostile: tuple[Path, Marks]) -> list[str]:
    logdir, marks = hostile
    runs = {"Q": marks.fields["run"], "R": marks.fields["second run"]}
    name, *options = command
    if name == "diff":
        names = {path.name[:3]: path.name for path in logdir.iterdir()}
        options = [names.get(runs.get(option, ""), option) for option in options]
    return [name, str(logdir), *options]


def test_no_command_writes_anything_hostile_to_a_terminal(hostile: tuple[Path, Marks]) -> None:
    for command in COMMANDS:
        code, written = on_terminal(*_with_logdir(command, hostile))
        assert code == (command[0] == "check"), command
        assert b"Q" in written, command
        check_command(written)


def test_into_a_pipe_only_csv_is_as_it_was_logged(hostile: tuple[Path, Marks]) -> None:
    exact = {("export",), ("export", "-o", "/dev/stdout"), ("hparams", "--format", "csv"), ("export", "--kind", "text")}
    for command in COMMANDS:
        if command[:2] in {("export", "--kind"), ("export", "-o")} or command in exact:
            continue
        _, out, err = piped(*_with_logdir(command, hostile))
        check_command(out)
        check_command(err)


def test_csv_into_a_pipe_and_json_are_exact(hostile: tuple[Path, Marks]) -> None:
    logdir, marks = hostile
    _, out, err = piped("export", str(logdir), "--run", marks.fields["run"])
    check_command(err)
    rows = list(csv.reader(io.StringIO(out.decode("utf-8", "surrogateescape"), newline="")))
    [run] = {row[0] for row in rows[1:]}
    assert run in {path.name for path in logdir.iterdir()}
    assert marks.text("scalar tag") in {row[1] for row in rows[1:]}
    _, out, _ = piped("ls", str(logdir), "--json")
    assert run in {row["run"] for row in json.loads(out)}


@pytest.mark.parametrize("arguments", MISTAKES, ids=range(len(MISTAKES)))
def test_hostile_arguments_are_told_harmlessly(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "D").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        code, written = on_terminal(*arguments)
    assert code in (1, 2)
    assert b"Traceback" not in written
    check_command(written)


def test_json_holds_no_control_character() -> None:
    text = "".join(map(chr, [*range(0x20), *range(0x7E, 0xA0), 0x202E, 0xDC9B, 0x1F600]))
    written = json_text([text])
    assert json.loads(written) == [text]
    assert all(" " <= character <= "~" for character in json_text([text], indent=None))


def test_tracebacks_are_made_harmless_and_progress_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    under = io.StringIO()
    monkeypatch.setattr(sys, "stderr", under)
    guard_stderr()
    guard_stderr()
    try:
        raise ValueError(f"v{BAD}")
    except ValueError:
        sys.excepthook(*sys.exc_info())
    sys.stderr.writelines(["a\x9b\n", "b\u202e\n"])
    check_command(under.getvalue().encode())
    assert "ValueError: vQ\\x1b]0;t\\x07\\x9b2J\\u202e\\x7f\\udc9b\n" in under.getvalue()
    assert under.getvalue().endswith("a\\x9b\nb\\u202e\n")
    assert unguarded(sys.stderr) is under
    assert Progress("reading")._stream is under
