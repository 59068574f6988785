"""Entries of images taken along: their files as they were logged, and a line of facts on each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui.app.blob_steps import StepLine
from tui.app.saving import file_name
from tui.model import BlobRef
from tui.reader.media_types import extension
from tui.reader.payload import read_image
from tui.reader.payload.picture import PictureFacts
from tui.render.text import printable
from tui.store.snapshot import BlobSeries


class Entry(NamedTuple):
    """One entry of a series: the place `at` on the line of its steps."""

    series: BlobSeries
    line: StepLine
    at: int

    @property
    def ref(self) -> BlobRef:
        """Where it lies."""
        return self.series.refs[int(self.line.entries[self.at])]

    @property
    def step(self) -> int:
        """Its step."""
        return int(self.line.steps[self.at])


def image_files(entries: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """All pictures of the entries, named as `tbtui export` does.

    Raises:
        PayloadError: as `read_image`.
    """
    for entry in entries:
        for item, data in enumerate(read_image(entry.ref)):
            yield file_name(entry.series.key, entry.line, entry.at, extension(data), item), data


def entry_facts(entry: Entry, facts: PictureFacts | None, pixel: str = "") -> str:
    """A line on an entry for the clipboard: run, tag, step, size, mode, format, bytes, the value of a pixel, file."""
    key, ref = entry.series.key, entry.ref
    parts = [printable(key.run), printable(key.tag), f"step {entry.step}"]
    if facts is not None:
        parts.append(f"{facts.size[0]}x{facts.size[1]} {facts.mode} {facts.format} {facts.encoded} bytes")
    return "  ".join([*parts, *([pixel] if pixel else []), f"{printable(ref.path)} at byte {ref.offset}\n"])
