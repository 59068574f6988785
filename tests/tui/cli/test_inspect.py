"""`tbtui inspect`: what it says about whole, damaged and unreadable files."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import RecordDecoder
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.strategies import payloads
from tests.tui.cli.commands import only_line, tbtui
from tui.cli import file_census, inspect
from tui.cli.errors import CommandError
from tui.cli.file_census import Census, ValueKind

HISTOGRAM = to_tensor_proto(np.zeros((1, 3), "f4"))


def whole() -> list[event_pb2.Event | bytes]:
    version = builders.version_event(5.0)
    version.source_metadata.writer = "my writer"
    return [
        version,
        builders.event(builders.scalar("a", 1), builders.tensor("h", HISTOGRAM, plugins.HISTOGRAMS), step=-3),
        builders.event(builders.tensor("h", HISTOGRAM), step=9, wall_time=math.nan),
        event_pb2.Event(step=4, wall_time=7.5, session_log=event_pb2.SessionLog(status="START")),
        event_pb2.Event(wall_time=6.0, graph_def=b"g"),
    ]


def inspected(path: Path, *options: str) -> dict[str, Any]:
    shown = tbtui("inspect", path, "--json", *options)
    assert shown.stderr == ""
    found: dict[str, Any] = json.loads(shown.stdout.splitlines()[-1] if options else shown.stdout)
    assert shown.returncode == (1 if found["damaged_stretches"] else 0)
    return found


def test_a_whole_file(tmp_path: Path) -> None:
    path = builders.write(tmp_path / "any name", whole())
    size = path.stat().st_size
    assert inspected(path) == {
        "file": str(path),
        "size": size,
        "records": 5,
        "events": 5,
        "file_versions": {"brain.Event:2": 1},
        "writers": {"my writer": 1},
        "first_wall_time": 5.0,
        "last_wall_time": builders.WALL_TIME,
        "min_step": -3,
        "max_step": 9,
        "sessions": 1,
        "event_kinds": {"summary": 2, "file_version": 1, "session_log": 1, "graph_def": 1},
        "values": [
            {"value": "tensor", "plugin": "histograms", "count": 2},
            {"value": "simple_value", "plugin": "", "count": 1},
        ],
        "damaged_stretches": 0,
        "damaged_bytes": 0,
        "damage": [],
        "open_tail": 0,
        "state": "complete",
    }


def test_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    path = builders.write(tmp_path / "a\nb", whole())
    size = path.stat().st_size
    shown = tbtui("inspect", path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == (
        f"file            {tmp_path}/a\\nb\n"
        f"size            {size} bytes ({size} B)\n"
        "records         5\n"
        "events          summary 2, file_version 1, session_log 1, graph_def 1\n"
        "values          tensor histograms 2, simple_value 1\n"
        "file version    brain.Event:2 1\n"
        "writer          my writer 1\n"
        "wall times      1970-01-01 00:00:05+00:00 to 2023-11-14 22:13:20+00:00 (53y)\n"
        "steps           -3 to 9\n"
        "session starts  1\n"
        "damage          none\n"
        "end             complete\n"
    )


def test_records(tmp_path: Path) -> None:
    tag = "\x1b[2J"
    many = builders.event(*(builders.scalar(str(number), 1) for number in range(10)), wall_time=1e300)
    named = builders.event(builders.tensor(tag, HISTOGRAM, "plug\nin"), step=2, wall_time=3.5)
    path = builders.write(tmp_path / "f", [builders.version_event(1.0), b"\xff", named, many])
    start = len(builders.record(builders.version_event(1.0)))
    shown = tbtui("inspect", path, "--records")
    assert shown.returncode == 1
    lines = shown.stdout.split("\n\n")[0].splitlines()
    assert lines[0].split() == ["offset", "bytes", "crc", "step", "wall", "time", "event"]
    assert lines[1].split() == ["0", str(start), "ok", "0", "1.000000", "file_version"]
    assert lines[2].split() == [str(start), "17", "ok", "record", "holds", "no", "event"]
    size = len(builders.record(named))
    assert lines[3].split("  ")[-2:] == ["summary", "\\x1b[2J (tensor plug\\nin)"]
    assert lines[3].split()[:5] == [str(start + 17), str(size), "ok", "2", "3.500000"]
    assert lines[4].split()[4:] == ["1e+300", "summary"] + [
        part for number in range(8) for part in (str(number), "(simple_value)")
    ] + ["and", "2", "more"]
    assert "records         4\nevents          summary 2, file_version 1\n" in shown.stdout
    assert f"damage          1 stretch, 17 bytes\n  at byte {start}, 17 bytes: record holds no event\n" in shown.stdout


def test_records_as_json_lines(tmp_path: Path) -> None:
    path = builders.write(tmp_path / "f", [*whole(), b"\xff"])
    shown = tbtui("inspect", path, "--records", "--json")
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert len(lines) == 7
    size = len(builders.record(whole()[0]))
    assert lines[0] == {
        "offset": 0,
        "length": size,
        "crc_ok": True,
        "step": 0,
        "wall_time": 5.0,
        "what": "file_version",
        "values": [],
    }
    assert lines[2]["values"] == [{"tag": "h", "value": "tensor", "plugin": "histograms"}]
    assert (lines[2]["wall_time"], lines[2]["step"]) == (None, 9)
    assert lines[5] == {
        "offset": lines[6]["size"] - 17,
        "length": 17,
        "crc_ok": True,
        "damage": "record holds no event",
    }
    assert lines[6] == inspected(path)


def test_damage_and_an_open_tail(tmp_path: Path) -> None:
    items = [builders.record(item) for item in whole()]
    second = bytearray(items[1])
    second[20] ^= 1
    path = tmp_path / "f"
    path.write_bytes(items[0] + second + items[2] + b"garbage" * 3 + items[3] + items[4][:15])
    found = inspected(path)
    garbage = sum(map(len, items[:3]))
    assert found["damage"] == [
        {"offset": len(items[0]), "length": len(items[1]), "crc_ok": False, "damage": "payload fails its CRC"},
        {"offset": garbage, "length": 21, "crc_ok": False, "damage": "record header fails its CRC"},
    ]
    assert (found["records"], found["damaged_bytes"]) == (3, len(items[1]) + 21)
    assert (found["open_tail"], found["state"]) == (15, "open")
    assert found["size"] == path.stat().st_size
    report = tbtui("inspect", path).stdout
    assert "damage          2 stretches" in report
    assert report.endswith("end             open: 15 bytes of a record that is not whole yet\n")


def test_damage_up_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(builders.record(builders.version_event()) + bytes(100))
    found = inspected(path)
    assert (found["damaged_bytes"], found["open_tail"], found["state"]) == (100, 0, "damaged")
    assert tbtui("inspect", path).stdout.endswith("end             damaged: no record follows the last stretch\n")


def test_an_empty_file_is_intact(tmp_path: Path) -> None:
    path = builders.write(tmp_path / "f", [])
    found = inspected(path)
    assert (found["size"], found["records"], found["min_step"], found["state"]) == (0, 0, None, "complete")
    assert "wall times      none\nsteps           none\n" in tbtui("inspect", path).stdout


def test_more_damage_than_is_listed(tmp_path: Path) -> None:
    path = builders.write(tmp_path / "f", [b"\xff"] * (file_census.MOST_LISTED + 2))
    found = inspected(path)
    assert (found["damaged_stretches"], len(found["damage"])) == (file_census.MOST_LISTED + 2, file_census.MOST_LISTED)
    assert "\n  and 2 more\n" in tbtui("inspect", path).stdout


def test_what_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for name, reason in [("fifo", "no regular file"), ("none", "No such file or directory"), (".", "Is a directory")]:
        shown = tbtui("inspect", tmp_path / name, "--records")
        assert (shown.returncode, shown.stdout) == (2, "")
        assert only_line(shown.stderr) == f"tbtui: {tmp_path / name} cannot be read: {reason}"


def test_help_tells_the_exit_codes() -> None:
    shown = tbtui("inspect", "--help").stdout
    words = "0 fine 1 the file is damaged; a record that is still being written is no damage 2 wrong usage"
    assert words in " ".join(shown.split())


def test_stdout_closed_early_is_no_error(tmp_path: Path) -> None:
    path = builders.write(tmp_path / "f", builders.points("a", range(20_000)))
    command = f"{sys.executable} -m tui inspect --records {path} | head -1"
    shown = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.split() == ["offset", "bytes", "crc", "step", "wall", "time", "event"]


def test_names_without_end_are_only_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_census, "_MOST_NAMES", 2)
    monkeypatch.setattr(file_census, "_MOST_TAGS", 2)
    census = Census()
    plugin_names = ["one", "two", "three", "four"]
    events = [builders.event(builders.tensor(name, HISTOGRAM, name)) for name in plugin_names]
    events += [builders.event(builders.tensor(name, HISTOGRAM)) for name in plugin_names]
    for item in RecordDecoder().feed(builders.records(events)):
        census.add(item)
    # The tags beyond the bound are forgotten, so that their later values name no plugin.
    assert census.values == {
        ValueKind("tensor", "one"): 2,
        ValueKind("tensor", "two"): 2,
        ValueKind("tensor", "others"): 4,
    }


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_every_byte_is_accounted_for(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    items: list[bytes] = data.draw(st.lists(st.one_of(payloads.map(builders.record), payloads), max_size=6))
    content = b"".join(items)
    content = content[: data.draw(st.integers(0, len(content)))]
    path = tmp_path_factory.mktemp("inspect") / "f"
    path.write_bytes(content)
    census = Census()
    with path.open("rb") as file:
        findings = list(inspect._findings(file, census))
    assert sum(finding.length for finding in findings) + census.open_tail == census.size == len(content)
    position = 0
    for finding in findings:
        assert finding.offset == position
        position += finding.length


def test_a_record_that_needs_more_memory_than_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def add(self: Census, item: object) -> None:
        raise MemoryError

    path = builders.write(tmp_path / "f", whole())
    monkeypatch.setattr(Census, "add", add)
    with pytest.raises(CommandError) as error:
        inspect.run(Namespace(file=str(path), records=False, json=False))
    assert str(error.value) == f"{path} holds a record that needs more memory than there is"
