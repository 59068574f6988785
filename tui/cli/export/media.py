"""Images and audio as files in a directory, and the table that is their index: a row a file."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tui.cli.errors import CommandError
from tui.cli.export.blobs import blob_table
from tui.cli.export.file_names import FileNames
from tui.cli.export.table import Column, ColumnType, Table
from tui.cli.reading import ProblemLines
from tui.model import SeriesKey
from tui.reader.media_types import extension, image_size
from tui.reader.payload import read_audio, read_image
from tui.render.text import printable
from tui.store.snapshot import BlobSeries
from tui.whole_file import followed, write_new

INDEX_NAMES = {"csv": "index.csv", "jsonl": "index.jsonl", "parquet": "index.parquet"}

_ITEM = Column("item", ColumnType.INTEGER)
_FILE = Column("file", ColumnType.TEXT)
_BYTES = Column("bytes", ColumnType.INTEGER)
_OF_IMAGES = [_ITEM, _FILE, Column("width", ColumnType.INTEGER), Column("height", ColumnType.INTEGER), _BYTES]
_OF_AUDIO = [
    _ITEM,
    _FILE,
    Column("content_type", ColumnType.TEXT),
    Column("sample_rate", ColumnType.FLOAT64),
    Column("channels", ColumnType.INTEGER),
    Column("frames", ColumnType.INTEGER),
    Column("label", ColumnType.TEXT),
    _BYTES,
]


class MediaDirectory:
    """A directory of its own for what is exported: `RUN/TAG/step_STEP_ITEM.EXTENSION`.

    Nothing in it is ever replaced or followed elsewhere: it starts empty, and each file and directory is made anew.
    The index appears last, when all is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._runs = FileNames(INDEX_NAMES.values())
        self._tags: defaultdict[str, FileNames] = defaultdict(FileNames)
        self._made: set[str] = set()
        self._key: SeriesKey | None = None
        self._times: Counter[int] = Counter()

    def check(self) -> None:
        """Raise a CommandError unless the directory is empty, or can be made where there is none."""
        try:
            followed(self.path)
            with os.scandir(self.path) as entries:
                if any(entries):
                    raise CommandError(f"{printable(str(self.path))} is not empty; give a new directory with -o DIR")
        except OSError as error:
            if not isinstance(error, FileNotFoundError) or not self.path.absolute().parent.is_dir():
                raise self._error("", error) from error

    def make(self) -> None:
        """Make the directory where there is none.

        Raises:
            CommandError: as `check`, or it cannot be made.
        """
        self.check()
        try:
            self.path.mkdir(exist_ok=True)
        except OSError as error:
            raise self._error("", error) from error

    def prefix(self, key: SeriesKey, step: int) -> str:
        """Path, relative to the directory, and first part of the name for the files of the next summary of a series.

        A step that comes again has a number: `step_5`, `step_5_2`, `step_5_3`.

        Raises:
            CommandError: the directory for it cannot be made.
        """
        run = self._runs.of(key.run)
        tag = self._tags[key.run].of(key.tag)
        if key != self._key:
            self._key, self._times = key, Counter()
            self._make(run)
            self._make(f"{run}/{tag}")
        self._times[step] += 1
        again = f"_{self._times[step]}" if self._times[step] > 1 else ""
        return f"{run}/{tag}/step_{step}{again}"

    def write(self, name: str, data: bytes) -> str:
        """Write one file; returns its name, with the extension that suits the data.

        Raises:
            CommandError: it cannot be written.
        """
        name = f"{name}.{extension(data)}"
        try:
            write_new(self.path / name, data)
        except OSError as error:
            raise self._error(name, error) from error
        return name

    def _make(self, name: str) -> None:
        """Make a directory, once: one that is there already is not ours."""
        if name in self._made:
            return
        try:
            (self.path / name).mkdir()
        except OSError as error:
            raise self._error(name, error) from error
        self._made.add(name)

    def _error(self, name: str, error: OSError) -> CommandError:
        return CommandError(f"cannot write {printable(str(self.path / name))}: {error.strerror}")


def image_table(
    chosen: Sequence[BlobSeries], problems: ProblemLines, directory: MediaDirectory, *, flagged: bool
) -> Table:
    """Images, each written as it lies in the event file when its row is made."""

    def read(series: BlobSeries, index: int) -> Iterator[tuple[Any, ...]]:
        images = read_image(series.refs[index])
        prefix = directory.prefix(series.key, int(series.steps[index]))
        for item, image in enumerate(images):
            width, height = image_size(image) or (None, None)
            yield item, directory.write(f"{prefix}_{item}", image), width, height, len(image)

    return blob_table(chosen, problems, _OF_IMAGES, read, flagged=flagged)


def audio_table(
    chosen: Sequence[BlobSeries], problems: ProblemLines, directory: MediaDirectory, *, flagged: bool
) -> Table:
    """Audio clips, each written as it lies in the event file when its row is made."""

    def read(series: BlobSeries, index: int) -> Iterator[tuple[Any, ...]]:
        clips = read_audio(series.refs[index])
        prefix = directory.prefix(series.key, int(series.steps[index]))
        for item, clip in enumerate(clips):
            file = directory.write(f"{prefix}_{item}", clip.encoded)
            about = (clip.content_type, clip.sample_rate, clip.channels, clip.frames, clip.label, len(clip.encoded))
            yield item, file, *about

    return blob_table(chosen, problems, _OF_AUDIO, read, flagged=flagged)
