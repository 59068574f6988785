"""Logs training metrics as TensorBoard event files: `from logging_lib import SummaryWriter`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logging_lib.writer import SummaryWriter

__all__ = ["SummaryWriter"]


def __getattr__(name: str) -> Any:
    """Load the writer when it is asked for: the viewer imports this package for its format alone."""
    if name != "SummaryWriter":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from logging_lib.writer import SummaryWriter

    return SummaryWriter
