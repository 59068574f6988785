"""The output shapes of Keras layers without weights.

Source: the `compute_output_shape` methods of Keras 2 and 3. Of a configuration that makes no sense the functions raise
ValueError, TypeError, IndexError or ZeroDivisionError.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence

from tui.analysis.keras_config import Config, axis_of, joined, known_size, sizes_of, split, whole
from tui.reader.payload.graph import Shape


def _flatten(config: Config, taken: Sequence[int | None]) -> Shape:
    return (taken[0], None if None in taken[1:] else math.prod(map(known_size, taken[1:])))


def _reshape(config: Config, taken: Sequence[int | None]) -> Shape:
    target = config["target_shape"] if isinstance(config.get("target_shape"), list) else []
    sizes: list[int | None] = [None if size in (None, -1) else whole(size) for size in target]
    if sizes.count(None) == 1 and None not in taken[1:]:
        rest = math.prod(size for size in sizes if size is not None)
        sizes[sizes.index(None)] = math.prod(map(known_size, taken[1:])) // rest
    return (taken[0], *sizes)


def _permute(config: Config, taken: Sequence[int | None]) -> Shape:
    return (taken[0], *(taken[whole(at)] for at in config.get("dims", ())))


def _repeat(config: Config, taken: Sequence[int | None]) -> Shape:
    return (taken[0], whole(config.get("n")), taken[1])


def _pooled(config: Config, taken: Sequence[int | None]) -> Shape:
    spatial, channels = split(config, taken)
    pool = sizes_of(config.get("pool_size", 2), len(spatial))
    strides = sizes_of(config["strides"], len(spatial)) if config.get("strides") else pool
    padding = config.get("padding")
    places = [slid(n, size, stride, 1, padding) for n, size, stride in zip(spatial, pool, strides, strict=True)]
    return joined(config, taken, places, channels)


def _global_pooled(config: Config, taken: Sequence[int | None]) -> Shape:
    spatial, channels = split(config, taken)
    return joined(config, taken, [1] * len(spatial), channels) if config.get("keepdims") else (taken[0], channels)


def _padded(config: Config, taken: Sequence[int | None]) -> Shape:
    spatial, channels = split(config, taken)
    padding = config.get("padding", 1)
    pairs = padding if isinstance(padding, list) and len(spatial) > 1 else [padding] * len(spatial)
    added = [sum(sizes_of(pair, 2)) for pair in pairs]
    sizes = [None if size is None else size + more for size, more in zip(spatial, added, strict=True)]
    return joined(config, taken, sizes, channels)


def _scaled(config: Config, taken: Sequence[int | None]) -> Shape:
    spatial, channels = split(config, taken)
    factors = sizes_of(config.get("size", 2), len(spatial))
    sizes = [None if size is None else size * factor for size, factor in zip(spatial, factors, strict=True)]
    return joined(config, taken, sizes, channels)


def slid(size: int | None, kernel: int, stride: int, dilation: int, padding: object) -> int | None:
    """How often a kernel fits."""
    if size is None:
        return None
    room = size if padding in ("same", "causal") else size - (kernel - 1) * dilation
    return max(-(-room // stride), 0)


# Layers of several inputs


def _merged(config: Config, shapes: Sequence[Shape]) -> Shape:
    """The broadcast shape."""
    known = [shape for shape in shapes if shape is not None]
    return functools.reduce(_broadcast, known) if known and len(known) == len(shapes) else None


def _broadcast(a: Sequence[int | None], b: Sequence[int | None]) -> tuple[int | None, ...]:
    longer, shorter = sorted((tuple(a), tuple(b)), key=len, reverse=True)
    more = len(longer) - len(shorter)
    return (*longer[:more], *map(_broadcast_size, longer[more:], shorter))


def _broadcast_size(a: int | None, b: int | None) -> int | None:
    if a != b and None not in (a, b) and 1 not in (a, b):
        raise ValueError("sizes that do not match")
    return b if a == 1 else a if b == 1 or a == b else None


def _concatenated(config: Config, shapes: Sequence[Shape]) -> Shape:
    known = [shape for shape in shapes if shape is not None]
    if not known or len(known) < len(shapes):
        return None
    at = axis_of(config.get("axis", -1), known[0])
    sizes = [shape[at] for shape in known]
    joint = None if None in sizes else sum(map(known_size, sizes))
    return (*known[0][:at], joint, *known[0][at + 1 :])


UNCHANGED = frozenset(
    (
        *("Activation", "ActivityRegularization", "AlphaDropout", "Dropout", "ELU", "GaussianDropout"),
        *("GaussianNoise", "Identity", "LeakyReLU", "Masking", "RandomBrightness", "RandomContrast", "RandomFlip"),
        *("RandomRotation", "RandomTranslation", "RandomZoom", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D"),
        *("SpatialDropout2D", "SpatialDropout3D", "ThresholdedReLU", "UnitNormalization"),
    )
)
MERGED: Mapping[str, Callable[[Config, Sequence[Shape]], Shape]] = {
    **dict.fromkeys(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"), _merged),
    "Concatenate": _concatenated,
}
RESHAPED: Mapping[str, Callable[[Config, Sequence[int | None]], Shape]] = {
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "RepeatVector": _repeat,
    **{f"{kind}Pooling{rank}D": _pooled for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Global{kind}Pooling{rank}D": _global_pooled for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"ZeroPadding{rank}D": _padded for rank in (1, 2, 3)},
    **{f"UpSampling{rank}D": _scaled for rank in (1, 2, 3)},
}
