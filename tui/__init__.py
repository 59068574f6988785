"""tbtui, TensorBoard for the terminal; and as a library: `tui.open` reads logdirs, `tui.series` and `tui.frame` give
what they hold to numpy, pandas and polars."""

from __future__ import annotations

# What type checkers take for true; typing itself takes 8 ms to import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from tui.library import LogdirError as LogdirError
    from tui.library import Logs as Logs
    from tui.library import Series as Series
    from tui.library import frame as frame
    from tui.library import open as open
    from tui.library import series as series

    __version__: str

# All else is imported when it is asked for: `import tui` and `tbtui --help` wait for none of it.
_LIBRARY = ("LogdirError", "Logs", "Series", "frame", "open", "series")


def __getattr__(name: str) -> object:
    """The library's names, and the installed version as `__version__`, which takes 20 ms to look up."""
    if name in _LIBRARY:
        from tui import library

        return getattr(library, name)
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tbtui")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted([*globals(), *_LIBRARY, "__version__"])
