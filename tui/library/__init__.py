"""tbtui as a library: what `tui.open`, `tui.series` and `tui.frame` are. Guide: docs/library.md."""

from tui.library.arrays import Series, series
from tui.library.data_frame import frame
from tui.library.logs import LogdirError, Logs, open

__all__ = ["LogdirError", "Logs", "Series", "frame", "open", "series"]
