"""`tbtui export` of images and audio: files that are exactly what was logged, and an index of them."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import summary_pb2
from tests import builders
from tests.tui.cli.commands import called, only_line, tbtui
from tests.tui.cli.export.rows import PNG, image, strings
from tui.whole_file import PartFile

GIF = b"GIF89a\x05\x00\x04\x00rest"


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(12))
    return out.getvalue()


def index_of(directory: Path) -> list[dict[str, str]]:
    """The rows of the CSV index."""
    with (directory / "index.csv").open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.DictReader(file))


def files_in(directory: Path) -> set[str]:
    """All files below a directory, by their relative paths."""
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


@pytest.fixture
def images(tmp_path: Path) -> Path:
    root = tmp_path / "logs"
    old = summary_pb2.Summary.Value(tag="old", image=summary_pb2.Summary.Image(encoded_image_string=b"?"))
    events = [
        builders.event(image("new/a, b", PNG, GIF), step=7, wall_time=1.5),
        builders.event(image("new/a, b", PNG + b"2"), step=-7, wall_time=2.5),
        builders.event(image("new/a, b"), step=8, wall_time=2.5),
        builders.event(image("new/a, b", PNG + b"3"), step=7, wall_time=3.5),
        builders.event(old, step=1, wall_time=0.5),
    ]
    builders.write(root / "x" / "y" / builders.FILE_NAME, events)
    return root


def test_images(images: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shown = tbtui("export", images, "--kind", "images", "-o", out)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "")
    assert (out / "index.csv").read_text() == (
        "run,tag,step,wall_time,item,file,width,height,bytes\n"
        f'x/y,"new/a, b",7,1.5,0,"x_y/new_a, b/step_7_0.png",3,2,{len(PNG)}\n'
        f'x/y,"new/a, b",7,1.5,1,"x_y/new_a, b/step_7_1.gif",5,4,{len(GIF)}\n'
        f'x/y,"new/a, b",-7,2.5,0,"x_y/new_a, b/step_-7_0.png",3,2,{len(PNG) + 1}\n'
        f'x/y,"new/a, b",7,3.5,0,"x_y/new_a, b/step_7_2_0.png",3,2,{len(PNG) + 1}\n'
        "x/y,old,1,0.5,0,x_y/old/step_1_0.bin,,,1\n"
    )
    written = {row["file"]: (out / row["file"]).read_bytes() for row in index_of(out)}
    assert list(written.values()) == [PNG, GIF, PNG + b"2", PNG + b"3", b"?"]
    assert files_in(out) == {*written, "index.csv"}


def test_the_format_is_that_of_the_index(images: Path, tmp_path: Path) -> None:
    rows = {}
    for form in ("jsonl", "parquet"):
        out = tmp_path / form
        assert tbtui("export", images, "--kind", "images", "-o", out, "--format", form).returncode == 0
        assert len(files_in(out)) == 6
        path = out / f"index.{form}"
        rows[form] = (
            pq.read_table(path).to_pylist()
            if form == "parquet"
            else [json.loads(line) for line in path.read_text().splitlines()]
        )
    assert rows["jsonl"] == rows["parquet"]
    assert rows["jsonl"][1] == {
        "run": "x/y", "tag": "new/a, b", "step": 7, "wall_time": 1.5, "item": 1,
        "file": "x_y/new_a, b/step_7_1.gif", "width": 5, "height": 4, "bytes": len(GIF),
    }  # fmt: skip
    assert (rows["jsonl"][4]["width"], rows["jsonl"][4]["bytes"]) == (None, 1)


def test_audio(tmp_path: Path) -> None:
    root, out = tmp_path / "logs", tmp_path / "out"
    old = summary_pb2.Summary.Audio(
        encoded_audio_string=b"fLaC", sample_rate=44100, num_channels=1, length_frames=9, content_type="audio/x\x1b"
    )
    events = [
        builders.event(strings("new", plugins.AUDIO, [[wav(), b"*label*"], [b"?", b""]]), step=3, wall_time=0.5),
        builders.event(summary_pb2.Summary.Value(tag="old", audio=old), step=4, wall_time=0.5),
    ]
    builders.write(root / builders.FILE_NAME, events)
    assert tbtui("export", root, "--kind", "audio", "-o", out).returncode == 0
    assert (out / "index.csv").read_text() == (
        "run,tag,step,wall_time,item,file,content_type,sample_rate,channels,frames,label,bytes\n"
        f".,new,3,0.5,0,_/new/step_3_0.wav,audio/wav,8000.0,2,3,*label*,{len(wav())}\n"
        '.,new,3,0.5,1,_/new/step_3_1.bin,application/octet-stream,,,,"",1\n'
        '.,old,4,0.5,0,_/old/step_4_0.flac,audio/x\x1b,44100.0,1,9,"",4\n'
    )
    assert (out / "_/new/step_3_0.wav").read_bytes() == wav()


def test_hostile_names_stay_in_the_directory(tmp_path: Path) -> None:
    root, out = tmp_path / "logs", tmp_path / "deep" / "er" / "out"
    out.parent.mkdir(parents=True)
    tags = [
        "../../../../escaped", "/etc/passwd", "..", ".", "", "a\0b", "line\nfeed", "\x1b]0;x\x07", "x" * 5000,
        "x" * 4999 + "y", "a/b", "a_b", "A/B", "é", "e\u0301", "index.csv", "con:", "\u202egnp",
    ]  # fmt: skip
    events = [builders.event(image(tag, PNG + tag.encode()), step=1) for tag in tags]
    for run in ("Run", "run", "run/x", "run_x", os.fsdecode(b"r\xff"), "index.csv", "..a"):
        builders.write(root / run / builders.FILE_NAME, events)
    shown = tbtui("export", root, "--kind", "images", "-o", out)
    assert (shown.returncode, shown.stderr) == (0, "")
    rows = index_of(out)
    assert len(rows) == 7 * len(tags)
    assert {row["tag"] for row in rows} == set(tags)
    assert all((out / row["file"]).read_bytes() == PNG + row["tag"].encode() for row in rows)
    assert len({row["file"].casefold() for row in rows}) == len(rows)
    assert files_in(out) == {row["file"] for row in rows} | {"index.csv"}
    assert files_in(tmp_path) == {f"deep/er/out/{name}" for name in files_in(out)} | {
        str(path.relative_to(tmp_path)) for path in root.rglob("*") if path.is_file()
    }
    parts = {part for row in rows for part in row["file"].split("/")}
    assert all(part.isprintable() and len(part.encode()) <= 255 for part in parts)


def test_superseded_images_are_marked(tmp_path: Path) -> None:
    root, out = tmp_path / "logs", tmp_path / "out"
    builders.write(root / builders.FILE_NAME, [builders.event(image("i", PNG), step=1, wall_time=1)])
    later = builders.event(image("i", GIF), step=1, wall_time=9)
    builders.write(root / "events.out.tfevents.1700000100.host.1.1", [later])
    assert tbtui("export", root, "--kind", "images", "-o", out, "--superseded").returncode == 0
    assert [(row["file"], row["superseded"]) for row in index_of(out)] == [
        ("_/i/step_1_0.png", "true"), ("_/i/step_1_2_0.gif", "false"),
    ]  # fmt: skip
    kept = tmp_path / "kept"
    shown = tbtui("export", root, "--kind", "images", "-o", kept)
    assert only_line(shown.stderr).startswith("tbtui: 1 superseded point was left out")
    assert files_in(kept) == {"index.csv", "_/i/step_1_0.gif"}


def test_what_is_no_image_is_told(images: Path, tmp_path: Path) -> None:
    bad = builders.event(strings("new/a, b", plugins.IMAGES, [b"3"]), step=9)
    builders.append(images / "x" / "y" / builders.FILE_NAME, [bad])
    out = tmp_path / "out"
    shown = tbtui("export", images, "--kind", "images", "-o", out)
    assert shown.returncode == 0
    assert "image tensor without width and height (at byte " in only_line(shown.stderr)
    assert len(files_in(out)) == 6


def test_a_directory_is_needed(images: Path) -> None:
    shown = tbtui("export", images, "--kind", "images")
    assert shown.returncode == 2
    assert only_line(shown.stderr) == "tbtui: --kind images writes files; give a new directory for them with -o DIR"


def test_nothing_that_is_there_is_touched(images: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "elsewhere")
    for path, message in (
        (out, f"{out} is not empty; give a new directory with -o DIR"),
        (tmp_path / "file", f"cannot write {tmp_path}/file: Not a directory"),
        (tmp_path / "file" / "x", f"cannot write {tmp_path}/file/x: Not a directory"),
        (tmp_path / "no" / "x", f"cannot write {tmp_path}/no/x: No such file or directory"),
        (tmp_path / "dangling", f"cannot write {tmp_path}/dangling: File exists"),
    ):
        shown = tbtui("export", images, "--kind", "images", "-o", path)
        assert (shown.returncode, only_line(shown.stderr)) == (2, f"tbtui: {message}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling", "file", "logs", "out"]
    assert files_in(out) == {"mine"}


def test_a_file_that_cannot_be_written_whole_is_not_left_behind(
    images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full after two files; there is no half of the third, and no index says that there is."""
    out, room = tmp_path / "out", [2]
    real = PartFile.become

    def become(part: PartFile, target: Path) -> None:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room[0] -= 1
        real(part, target)

    monkeypatch.setattr(PartFile, "become", become)
    shown = called("export", images, "--kind", "images", "-o", out)
    path = out / "x_y" / "new_a, b" / "step_-7_0.png"
    assert (shown.returncode, only_line(shown.stderr)) == (2, f"tbtui: cannot write {path}: No space left on device")
    assert files_in(out) == {"x_y/new_a, b/step_7_0.png", "x_y/new_a, b/step_7_1.gif"}


def test_an_empty_directory_is_taken_and_none_is_made_for_nothing(images: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shown = tbtui("export", images, "--kind", "images", "-o", out, "--tag", "^nothing")
    assert shown.returncode == 1
    assert only_line(shown.stderr) == "tbtui: no images match --run and --tag; `tbtui ls` lists the runs"
    assert not out.exists()
    shown = tbtui("export", images, "--kind", "audio", "-o", out)
    assert (shown.returncode, only_line(shown.stderr)) == (1, f"tbtui: no audio under {images}")
    out.mkdir()
    assert tbtui("export", images, "--kind", "images", "-o", f"{out}/").returncode == 0
    assert len(files_in(out)) == 6


def test_no_image_library_is_imported(images: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from tui.cli.main import main\n"
        f"code = main(['export', {str(images)!r}, '--kind', 'images', '-o', {str(tmp_path / 'out')!r}])\n"
        "heavy = {'PIL', 'textual', 'torch', 'pyarrow'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else code)\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
