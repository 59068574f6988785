"""The file of `-o`: whole or not there, never a log, never through a link that the user did not name."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from tests import builders
from tests.tui.cli.commands import called, only_line
from tui.cli.errors import CommandError
from tui.cli.output import binary_results, results


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    logdir = tmp_path / "logs"
    builders.write(logdir / "run" / builders.FILE_NAME, builders.points("loss", range(3)))
    return logdir


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.mark.parametrize("older", [None, "older"])
def test_a_disk_that_is_full_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, older: str | None
) -> None:
    out = tmp_path / "out.csv"
    if older is not None:
        out.write_text(older)
    before = names(tmp_path)
    with pytest.raises(CommandError) as told, results(str(out)) as stream:
        stream.write("half of it")
        stream.flush()
        assert not out.exists() or out.read_text() == older
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(told.value) == f"cannot write {out}: No space left on device"
    assert names(tmp_path) == before
    assert older is None or out.read_text() == older


def test_who_could_read_the_older_file_can_read_the_new_one(logdir: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    for mode in (0o600, 0o640, 0o664):
        out.write_text("older")
        out.chmod(mode)
        assert called("export", logdir, "-o", out).returncode == 0
        assert stat.S_IMODE(out.stat().st_mode) == mode
        assert out.read_text().startswith("run,tag,step,wall_time,value\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every file")
def test_a_file_that_may_not_be_written_stays(logdir: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("older")
    out.chmod(0o444)
    shown = called("export", logdir, "-o", out)
    assert (shown.returncode, only_line(shown.stderr)) == (2, f"tbtui: cannot write {out}: Permission denied")
    assert out.read_text() == "older"


def test_a_link_that_leads_in_circles_is_told(logdir: Path, tmp_path: Path) -> None:
    out = tmp_path / "a"
    out.symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(out)
    shown = called("export", logdir, "-o", out)
    assert (shown.returncode, only_line(shown.stderr)) == (
        2,
        f"tbtui: cannot write {out}: Too many levels of symbolic links",
    )
    assert names(tmp_path) == ["a", "b", "logs"]


def test_the_file_that_a_named_link_leads_to_is_written(logdir: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real/new.csv")
    assert called("export", logdir, "-o", tmp_path / "link").returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "real") == ["new.csv"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link to somebody else")
def test_a_link_that_somebody_else_put_into_a_shared_directory_is_not_followed(logdir: Path, tmp_path: Path) -> None:
    """As `open` would not: `-o /tmp/points.csv`, where another user made that a link to a file of ours."""
    shared, mine = tmp_path / "shared", tmp_path / "mine"
    shared.mkdir()
    shared.chmod(0o1777)
    mine.write_text("mine")
    for name, target in (("a", mine), ("b", tmp_path / "new")):
        (shared / name).symlink_to(target)
        os.lchown(shared / name, 12345, 12345)
        shown = called("export", logdir, "-o", shared / name)
        assert (shown.returncode, only_line(shown.stderr)) == (
            2,
            f"tbtui: cannot write {shared / name}: Permission denied",
        )
    assert mine.read_text() == "mine"
    assert names(tmp_path) == ["logs", "mine", "shared"]
    (shared / "own").symlink_to(mine)
    assert called("export", logdir, "-o", shared / "own").returncode == 0
    assert mine.read_text().startswith("run,tag,step")


def test_a_long_name_is_no_trouble(tmp_path: Path) -> None:
    out = tmp_path / ("x" * 255)
    with binary_results(str(out)) as stream:
        stream.write(b"1")
    assert out.read_bytes() == b"1"


@pytest.mark.parametrize(
    ("command", "name", "line"),
    [
        (("export",), builders.FILE_NAME, "would be an event file"),
        (("export",), "events.out.tfevents.1.new", "would be an event file"),
        (("export",), "metrics.csv", "would be read as a log, by its name"),
        (("export", "--format", "jsonl"), "log.jsonl", "would be read as a log, by its name"),
        (("export", "--kind", "hparams"), "hparams.yaml", "would be read as a log, by its name"),
        (("report", "--format", "html"), builders.FILE_NAME, "would be an event file"),
    ],
)
def test_a_log_is_never_written_to(
    logdir: Path, tmp_path: Path, command: tuple[str, ...], name: str, line: str
) -> None:
    (tmp_path / "link").symlink_to(logdir / "run" / name)
    before = {path: path.read_bytes() for path in logdir.rglob("*") if path.is_file()}
    for path in (logdir / "run" / name, tmp_path / "link"):
        for argument in (logdir, f"name:{logdir}"):
            shown = called(command[0], argument, *command[1:], "-o", path)
            assert (shown.returncode, only_line(shown.stderr)) == (
                2,
                f"tbtui: {path} {line}; give another {'name' if 'event' in line else 'one'} with -o",
            )
    assert {path: path.read_bytes() for path in logdir.rglob("*") if path.is_file()} == before


def test_other_files_may_be_written_in_a_logdir(logdir: Path, tmp_path: Path) -> None:
    assert called("export", logdir, "-o", logdir / "points.csv").returncode == 0
    assert called("export", logdir, "--format", "jsonl", "-o", logdir / "points.jsonl").returncode == 0
    assert called("export", logdir, "-o", tmp_path / "metrics.csv").returncode == 0
    assert called("ls", logdir).stdout.count("\n") == 2  # nothing of it is a run
    shown = called("export", logdir, "-o", logdir)
    assert (shown.returncode, only_line(shown.stderr)) == (2, f"tbtui: cannot write {logdir}: Is a directory")


def test_pictures_may_be_written_in_a_logdir_too(tmp_path: Path) -> None:
    logdir = tmp_path / "logs"
    value = builders.Value(tag="metrics")
    value.image.encoded_image_string = b"\x89PNG\r\n\x1a\n"
    builders.write(logdir / "run" / builders.FILE_NAME, [builders.event(value, step=1)])
    for _ in range(2):
        listed = called("ls", logdir).stdout
        assert listed.count("\n") == 2
        out = logdir / f"pictures{_}"
        assert called("export", logdir, "--kind", "images", "-o", out).returncode == 0
        assert (out / "run" / "metrics" / "step_1_0.png").is_file()
