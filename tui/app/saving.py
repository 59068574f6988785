"""What was logged as a file, or is best kept in one, written to a new file beside the user's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from tui.app.blob_steps import StepLine
from tui.app.messages import Noticed
from tui.app.taking import export_directory
from tui.model import SeriesKey
from tui.reader.payload import PayloadError
from tui.render.file_text import safe_file_name
from tui.render.numbers import plural
from tui.render.text import printable
from tui.whole_file import part_file

Files = Iterable[tuple[str, bytes]]
"""Names without a number for those that are there already, such as `step_5_0.wav`, and what goes into each."""


def file_name(key: SeriesKey, line: StepLine, at: int, ending: str, item: int | None = None) -> str:
    """The name for the file of an entry, or of one `item` of it: what `tbtui export` calls it, on one level."""
    again = int(line.again[at])
    numbers = "".join(f"_{number}" for number in ([again + 1] if again else []) + ([] if item is None else [item]))
    return f"tbtui-{safe_file_name(f'{key.run}/{key.tag}')}-step_{line.steps[at]}{numbers}.{ending}"


def save(files: Callable[[], Files], logdirs: Iterable[Path]) -> Noticed:
    """Write new files; returns what to say of them. It may take a second: not for the screen's thread."""
    written: list[Path] = []
    try:
        directory = export_directory(logdirs)
        for name, data in files():
            written.append(_write(directory, name, data))
    except (OSError, RuntimeError, PayloadError) as error:  # the second where there is no home directory
        return Noticed(f"nothing exported: {printable(str(error))}", failed=True)
    if not written:
        return Noticed("nothing exported: there is nothing in this entry", failed=True)
    first = written[0].name if written[0].parent == Path.cwd() else str(written[0])
    more = f" and {plural(len(written) - 1, 'file')} more" if len(written) > 1 else ""
    return Noticed(f"{printable(first)}{more} written")


def _write(directory: Path, name: str, data: bytes) -> Path:
    with part_file(directory) as part:
        with part.binary() as stream:
            stream.write(data)
        return part.become_one(directory / name)
