"""SummaryWriter.export_scalars_to_json, which tensorboardX has."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from logging_lib.calls.sink import EventSink


class ScalarExportCalls(EventSink):
    """Scalars as JSON."""

    log_dir: str | os.PathLike[str]
    _exported: Mapping[Path, int] = MappingProxyType({})  # up to which byte of a file

    def export_scalars_to_json(self, path: str | os.PathLike[str]) -> None:
        """Write what `add_scalars` logged since the last export to a file.

        It holds `{"<log_dir>/<main_tag>/<key>": [[wall time, step, value], ...], ...}`, as tensorboardX's, which
        leaves out what `add_scalar` logged, too. Read back from the event files, so that nothing is kept in memory:
        values are of 32 bits, and a step that was not given is 0.

        Raises:
            OSError: an event file cannot be read, or this one not be written.
        """
        import json

        from logging_lib.tfevents.record import RecordDecoder
        from logging_lib.whole_file import write_whole
        from logging_lib.written_scalars import read_scalars

        self.flush()
        series: dict[str, list[tuple[float, int, float]]] = {}
        exported = dict(self._exported)
        for subrun, file in self._written_paths():
            if not subrun:
                continue
            decoder = RecordDecoder(exported.get(file, 0))
            with suppress(FileNotFoundError):  # somebody deleted it, and what was in there with it
                for tag, wall_time, step, value in read_scalars(file, decoder):
                    series.setdefault(self._exported_name(subrun, tag), []).append((wall_time, step, value))
            exported[file] = decoder.offset
        target, text = Path(path), json.dumps(series)
        if target.is_symlink() or (target.exists() and not target.is_file()):
            target.write_text(text)  # what a link leads to, or a pipe, is written to and never replaced
        else:
            write_whole(target, [text.encode()])
        self._exported = exported

    def _exported_name(self, subrun: str, tag: str) -> str:
        """tensorboardX's name for what is logged to the sub-run `<tag>_<key>`."""
        return os.path.join(self.log_dir, tag, subrun[len(tag) + 1 :])  # noqa: PTH118  # a str, and a key may hold ..

    @abstractmethod
    def flush(self, sync: bool = False) -> bool:
        """Return when everything logged before is in the files; False where it could not be."""
