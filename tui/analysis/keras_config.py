"""Numbers in the configuration of a Keras layer, which may hold anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tui.reader.payload.graph import Shape

Config = Mapping[str, Any]
_MOST = 1 << 40


def whole(value: object) -> int:
    """A number that can be a size.

    Raises:
        ValueError: it cannot.
    """
    if not isinstance(value, int) or not 0 <= value < _MOST:
        raise ValueError("no size")
    return value


def known_size(size: int | None) -> int:
    """A size that is known.

    Raises:
        ValueError: it is not.
    """
    if size is None:
        raise ValueError("unknown size")
    return size


def sizes_of(value: object, rank: int) -> list[int]:
    """The sizes of so many dimensions: one number for all of them, or one for each.

    Raises:
        ValueError: it is neither.
    """
    found = [whole(item) for item in value] if isinstance(value, list | tuple) else [whole(value)] * rank
    if len(found) != rank:
        raise ValueError("sizes of another rank")
    return found


def axis_of(axis: object, shape: Sequence[object]) -> int:
    """Which dimension of a shape an axis is.

    Raises:
        ValueError: it is no number.
        IndexError: there are not so many.
    """
    if not isinstance(axis, int):
        raise ValueError("no axis")
    return range(len(shape))[axis]


def _channels_first(config: Config) -> bool:
    return config.get("data_format") == "channels_first"


def split(config: Config, taken: Sequence[int | None]) -> tuple[list[int | None], int | None]:
    """Spatial sizes and channels."""
    return (list(taken[2:]), taken[1]) if _channels_first(config) else (list(taken[1:-1]), taken[-1])


def joined(config: Config, taken: Sequence[int | None], spatial: Sequence[int | None], channels: int | None) -> Shape:
    """The shape of a batch like `taken`, of other spatial sizes and channels."""
    return (taken[0], channels, *spatial) if _channels_first(config) else (taken[0], *spatial, channels)


def bias(config: Config, size: int) -> int:
    """How many weights the bias of so many units has."""
    return size if config.get("use_bias", True) else 0


def input_shape(config: Config) -> Shape:
    """The shape of the batch that a layer says it takes."""
    found = config.get("batch_input_shape") or config.get("batch_shape")
    return tuple(None if size is None else whole(size) for size in found) if isinstance(found, list) else None
