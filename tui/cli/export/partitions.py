"""A directory with a Parquet file for each run, which says of itself what it was made of: nothing else is kept."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tui.cli.errors import CommandError
from tui.render.text import printable

_KEY = b"tbtui"
_FORM = 1
_NAME = re.compile(r"run-.*-[0-9a-f]{16}\.parquet")
_UNFINISHED = re.compile(r"_tbtui-.*\.part")
_LONGEST_SHOWN = 100  # bytes of a run's name in its file's


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for: files of one directory have the same."""

    logdir: str
    kind: str
    run: str
    tag: str
    superseded: bool
    form: int = _FORM

    @property
    def shown(self) -> str:
        """As the command line says it."""
        words = [self.logdir, f"--kind {self.kind}"]
        words += [f"--{name} {text!r}" for name, text in (("run", self.run), ("tag", self.tag)) if text]
        return printable(" ".join(words + ["--superseded"] * self.superseded))


@dataclass(frozen=True, slots=True)
class Partition:
    """What a run's file holds, and what it was made of: the state of each input (path, size, mtime in ns) before it was
    read. `wide`: whether its values need 64 bits; `is_wide`: whether they have them. `problems`: lines, and how many
    each stands for, the first ones only; `more` is how many there were besides.
    """

    run: str
    options: Options
    inputs: tuple[tuple[str, int, int], ...]
    rows: int
    left_out: int
    wide: bool
    is_wide: bool
    problems: tuple[tuple[str, int], ...]
    more: int

    def text(self) -> str:
        """As JSON, in ASCII: names may hold anything."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> Partition:
        """What `text` made; KeyError, TypeError or ValueError where it is none of this form."""
        found: dict[str, Any] = json.loads(text)
        values = {field.name: found[field.name] for field in fields(cls)}
        values["options"] = Options(**values["options"])
        values["inputs"] = tuple((str(path), int(size), int(mtime)) for path, size, mtime in values["inputs"])
        values["problems"] = tuple((str(line), int(count)) for line, count in values["problems"])
        return cls(**values)


def file_name(run: str) -> str:
    """The file for a run: each run's own, whatever the file system takes for equal; one that no reader passes over or
    takes for a pattern, an escape or a partition's key."""
    whole = run.encode("utf-8", "surrogateescape")
    shown = re.sub(r"[^\w.+-]", "_", run).encode("utf-8", "replace")[:_LONGEST_SHOWN].decode("utf-8", "ignore")
    return f"run-{shown}-{hashlib.sha256(whole).hexdigest()[:16]}.parquet"


def unfinished_name(export: str, of: str = "") -> str:
    """A name that is taken away if the export ends before its time; with nothing to be `of`, the export's own mark."""
    return f"_tbtui-{export}{f'-{of}' if of else ''}.part"


def states(paths: Iterable[str]) -> tuple[tuple[str, int, int], ...]:
    """Path, size and mtime in ns of files, as they are now; -1 for those out of reach."""
    found = []
    for path in paths:
        try:
            status = os.stat(path)  # noqa: PTH116 - by the thousand
            found.append((path, status.st_size, status.st_mtime_ns))
        except OSError:
            found.append((path, -1, -1))
    return tuple(found)


def written_partitions(directory: Path, options: Options) -> dict[str, Partition]:
    """The files in a directory, by run; what is unfinished is removed. One that does not say what it is does not count:
    it is written anew, under the same name.

    Raises:
        CommandError: something else is in it, or the export of something else.
    """
    found: dict[str, Partition] = {}
    with os.scandir(directory) as entries:
        files = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
    names = sorted(files)
    for name in names:
        if not files[name] or not (_NAME.fullmatch(name) or _UNFINISHED.fullmatch(name)):
            shown = printable(str(directory / name))
            raise CommandError(f"{shown} is not of an export with --dask; give a directory of its own with -o DIR")
    for name in names:
        if _UNFINISHED.fullmatch(name):
            (directory / name).unlink(missing_ok=True)
        elif (partition := partition_of(directory / name)) is None:
            continue
        elif partition.options != options:
            shown, other = printable(str(directory)), partition.options.shown
            raise CommandError(f"{shown} holds another export, of {other}; give another directory with -o DIR")
        else:
            found[partition.run] = partition
    return found


def partition_of(path: Path) -> Partition | None:
    """What a file says of itself; None where it does not, as after a disk was full or an older version wrote it."""
    try:
        about: Mapping[bytes, bytes] = pq.read_metadata(path).metadata or {}
        return Partition.of(about[_KEY].decode())
    except (pa.ArrowInvalid, OSError, KeyError, TypeError, ValueError):
        return None


def metadata(partition: Partition) -> dict[str, str]:
    """What goes into the file's footer."""
    return {_KEY.decode(): partition.text()}


def widened(source: Path, target: Path, partition: Partition, *, wide: bool) -> None:
    """Write another file with the same rows, whose values are of another width, a row group at a time."""
    with pq.ParquetFile(source) as file:
        value = pa.field("value", pa.float64() if wide else pa.float32())
        at = file.schema_arrow.get_field_index("value")
        schema = file.schema_arrow.remove_metadata().set(at, value)
        with target.open("xb") as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
            for group in range(file.num_row_groups):
                writer.write_table(file.read_row_group(group).cast(schema))
            writer.add_key_value_metadata(metadata(partition))
