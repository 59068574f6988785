"""tbtui, TensorBoard for the terminal."""

from __future__ import annotations


def __getattr__(name: str) -> str:
    """The installed version as `__version__`, looked up when it is asked for: that takes 20 ms."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tbtui")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+unknown"
