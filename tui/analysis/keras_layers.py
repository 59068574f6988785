"""What a Keras layer makes of its input's shape, and how many weights it has: reckoned from its configuration.

Source: the `compute_output_shape` and `build` methods of Keras 2 and 3. A layer of a class that is not here, or whose
configuration makes no sense, has an unknown shape and unknown weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.reader.payload.graph import Shape

Config = Mapping[str, Any]
_MOST = 1 << 40


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """Shape of the output, and how many weights are trained and how many are not; None where it is not known."""

    shape: Shape
    trained: int | None = 0
    others: int | None = 0


UNKNOWN = LayerFacts(None, None, None)


def layer_facts(class_name: str, config: Config, shapes: Sequence[Shape]) -> LayerFacts:
    """What is known of a layer; `shapes` are those of its inputs."""
    taken = shapes[0] if shapes else None
    try:
        if class_name in _UNCHANGED:
            return LayerFacts(taken)
        if class_name in _MERGED:
            return LayerFacts(_MERGED[class_name](config, shapes))
        if class_name in _RESHAPED:
            return LayerFacts(None if taken is None else _RESHAPED[class_name](config, taken))
        if class_name == "InputLayer":
            return LayerFacts(input_shape(config))
        if class_name in _WEIGHTED:
            return UNKNOWN if taken is None else _WEIGHTED[class_name](config, taken)
    except (ValueError, TypeError, IndexError, ZeroDivisionError, RecursionError):
        return UNKNOWN  # the configuration may be anything
    return UNKNOWN


def input_shape(config: Config) -> Shape:
    """The shape of the batch that a layer says it takes."""
    found = config.get("batch_input_shape") or config.get("batch_shape")
    return tuple(None if size is None else _whole(size) for size in found) if isinstance(found, list) else None


# Numbers of a configuration, which may hold anything


def _whole(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value < _MOST:
        raise ValueError("no size")
    return value


def _known(size: int | None) -> int:
    if size is None:
        raise ValueError("unknown size")
    return size


def _sizes(value: object, rank: int) -> list[int]:
    """One number for all dimensions, or one for each."""
    found = [_whole(item) for item in value] if isinstance(value, list | tuple) else [_whole(value)] * rank
    if len(found) != rank:
        raise ValueError("sizes of another rank")
    return found


def _axis(axis: object, shape: Sequence[object]) -> int:
    if not isinstance(axis, int):
        raise ValueError("no axis")
    return range(len(shape))[axis]


def _channels_first(config: Config) -> bool:
    return config.get("data_format") == "channels_first"


def _split(config: Config, taken: Sequence[int | None]) -> tuple[list[int | None], int | None]:
    """Spatial sizes and channels."""
    return (list(taken[2:]), taken[1]) if _channels_first(config) else (list(taken[1:-1]), taken[-1])


def _joined(config: Config, taken: Sequence[int | None], spatial: Sequence[int | None], channels: int | None) -> Shape:
    return (taken[0], channels, *spatial) if _channels_first(config) else (taken[0], *spatial, channels)


def _bias(config: Config, size: int) -> int:
    return size if config.get("use_bias", True) else 0


# Layers without weights


def _flatten(config: Config, taken: Sequence[int | None]) -> Shape:
    return (taken[0], None if None in taken[1:] else math.prod(map(_known, taken[1:])))


def _reshape(config: Config, taken: Sequence[int | None]) -> Shape:
    target = config["target_shape"] if isinstance(config.get("target_shape"), list) else []
    sizes: list[int | None] = [None if size in (None, -1) else _whole(size) for size in target]
    if sizes.count(None) == 1 and None not in taken[1:]:
        rest = math.prod(size for size in sizes if size is not None)
        sizes[sizes.index(None)] = math.prod(map(_known, taken[1:])) // rest
    return (taken[0], *sizes)


def _permute(config: Config, taken: Sequence[int | None]) -> Shape:
    return (taken[0], *(taken[_whole(at)] for at in config.get("dims", ())))


def _repeat(config: Config, taken: Sequence[int | None]) -> Shape:
    return (taken[0], _whole(config.get("n")), taken[1])


def _pooled(config: Config, taken: Sequence[int | None]) -> Shape:
    spatial, channels = _split(config, taken)
    pool = _sizes(config.get("pool_size", 2), len(spatial))
    strides = _sizes(config["strides"], len(spatial)) if config.get("strides") else pool
    padding = config.get("padding")
    slid = [_slid(n, size, stride, 1, padding) for n, size, stride in zip(spatial, pool, strides, strict=True)]
    return _joined(config, taken, slid, channels)


def _global_pooled(config: Config, taken: Sequence[int | None]) -> Shape:
    spatial, channels = _split(config, taken)
    return _joined(config, taken, [1] * len(spatial), channels) if config.get("keepdims") else (taken[0], channels)


def _padded(config: Config, taken: Sequence[int | None]) -> Shape:
    spatial, channels = _split(config, taken)
    padding = config.get("padding", 1)
    pairs = padding if isinstance(padding, list) and len(spatial) > 1 else [padding] * len(spatial)
    added = [sum(_sizes(pair, 2)) for pair in pairs]
    sizes = [None if size is None else size + more for size, more in zip(spatial, added, strict=True)]
    return _joined(config, taken, sizes, channels)


def _scaled(config: Config, taken: Sequence[int | None]) -> Shape:
    spatial, channels = _split(config, taken)
    factors = _sizes(config.get("size", 2), len(spatial))
    sizes = [None if size is None else size * factor for size, factor in zip(spatial, factors, strict=True)]
    return _joined(config, taken, sizes, channels)


def _slid(size: int | None, kernel: int, stride: int, dilation: int, padding: object) -> int | None:
    """How often a kernel fits."""
    if size is None:
        return None
    room = size if padding in ("same", "causal") else size - (kernel - 1) * dilation
    return max(-(-room // stride), 0)


# Layers of several inputs


def _like_first(config: Config, shapes: Sequence[Shape]) -> Shape:
    """The broadcast shape; where the ranks differ, that of the larger one."""
    known = [shape for shape in shapes if shape is not None]
    return max(known, key=len) if known and len(known) == len(shapes) else None


def _concatenated(config: Config, shapes: Sequence[Shape]) -> Shape:
    known = [shape for shape in shapes if shape is not None]
    if not known or len(known) < len(shapes):
        return None
    at = _axis(config.get("axis", -1), known[0])
    sizes = [shape[at] for shape in known]
    whole = None if None in sizes else sum(map(_known, sizes))
    return (*known[0][:at], whole, *known[0][at + 1 :])


# Layers with weights


def _dense(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    units = _whole(config.get("units"))
    return LayerFacts((*taken[:-1], units), _known(taken[-1]) * units + _bias(config, units))


def _kernel(config: Config, rank: int) -> tuple[list[int], list[int], list[int]]:
    """Sizes, strides and dilations."""
    kernel, strides = _sizes(config.get("kernel_size"), rank), _sizes(config.get("strides", 1), rank)
    return kernel, strides, _sizes(config.get("dilation_rate", 1), rank)


def _convolved(config: Config, taken: Sequence[int | None], channels: int) -> Shape:
    spatial, _ = _split(config, taken)
    padding = config.get("padding")
    slid = [_slid(*sizes, padding) for sizes in zip(spatial, *_kernel(config, len(spatial)), strict=True)]
    return _joined(config, taken, slid, channels)


def _conv(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    spatial, channels = _split(config, taken)
    filters, kernel = _whole(config.get("filters")), _kernel(config, len(spatial))[0]
    inputs = _known(channels) // _whole(config.get("groups", 1))
    weights = math.prod(kernel) * inputs * filters + _bias(config, filters)
    return LayerFacts(_convolved(config, taken, filters), weights)


def _depthwise(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    spatial, channels = _split(config, taken)
    made = _known(channels) * _whole(config.get("depth_multiplier", 1))
    weights = math.prod(_kernel(config, len(spatial))[0]) * made + _bias(config, made)
    return LayerFacts(_convolved(config, taken, made), weights)


def _separable(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    spatial, channels = _split(config, taken)
    filters, made = _whole(config.get("filters")), _known(channels) * _whole(config.get("depth_multiplier", 1))
    weights = math.prod(_kernel(config, len(spatial))[0]) * made + made * filters + _bias(config, filters)
    return LayerFacts(_convolved(config, taken, filters), weights)


def _transposed(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    spatial, channels = _split(config, taken)
    filters, (kernel, strides, _) = _whole(config.get("filters")), _kernel(config, len(spatial))
    weights = math.prod(kernel) * filters * _known(channels) + _bias(config, filters)
    if config.get("output_padding") is not None or config.get("dilation_rate", 1) not in (1, [1] * len(spatial)):
        return LayerFacts(None, weights)
    extra = [0 if config.get("padding") == "same" else max(k - s, 0) for k, s in zip(kernel, strides, strict=True)]
    sizes = [None if n is None else n * s + more for n, s, more in zip(spatial, strides, extra, strict=True)]
    return LayerFacts(_joined(config, taken, sizes, filters), weights)


def _batch_norm(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    axis = config.get("axis", -1)
    size = _known(taken[_axis(axis[0] if isinstance(axis, list) else axis, taken)])
    return LayerFacts(tuple(taken), size * _scale_and_shift(config), 2 * size)


def _layer_norm(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    axis = config.get("axis", -1)
    axes = axis if isinstance(axis, list) else [axis]
    size = math.prod(_known(taken[_axis(at, taken)]) for at in axes)
    return LayerFacts(tuple(taken), size * _scale_and_shift(config))


def _scale_and_shift(config: Config) -> int:
    return bool(config.get("scale", True)) + bool(config.get("center", True))


def _embedding(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    rows, columns = _whole(config.get("input_dim")), _whole(config.get("output_dim"))
    return LayerFacts((*taken, columns), rows * columns)


def _recurrent(gates: int) -> Callable[[Config, Sequence[int | None]], LayerFacts]:
    def facts(config: Config, taken: Sequence[int | None]) -> LayerFacts:
        units = _whole(config.get("units"))
        biases = 2 if gates == 3 and config.get("reset_after") else 1
        weights = gates * ((_known(taken[-1]) + units) * units + _bias(config, units) * biases)
        shape = (taken[0], taken[1], units) if config.get("return_sequences") else (taken[0], units)
        return LayerFacts(shape, weights)

    return facts


def _inner(config: Config, shape: Shape) -> LayerFacts:
    """The layer in a wrapper."""
    match config.get("layer"):
        case {"class_name": str(name), "config": dict(inner)}:
            return layer_facts(name, inner, [shape])
        case _:
            raise ValueError("wrapper without a layer")


def _bidirectional(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    one = _inner(config, tuple(taken))
    if one.shape is None or one.trained is None:
        return UNKNOWN
    mode = config.get("merge_mode", "concat")
    twice = 2 if mode == "concat" else 1
    shape = (*one.shape[:-1], _known(one.shape[-1]) * twice) if mode is not None else None
    return LayerFacts(shape, 2 * one.trained, None if one.others is None else 2 * one.others)


def _time_distributed(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    one = _inner(config, (taken[0], *taken[2:]))
    shape = None if one.shape is None else (taken[0], taken[1], *one.shape[1:])
    return LayerFacts(shape, one.trained, one.others)


def _attention(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    """For keys and values of the query's size."""
    size, heads, keys = _known(taken[-1]), _whole(config.get("num_heads")), _whole(config.get("key_dim"))
    values = _whole(config["value_dim"]) if config.get("value_dim") else keys
    if config.get("output_shape") is not None:
        return UNKNOWN
    projections = 2 * (size * heads * keys + _bias(config, heads * keys))
    projections += size * heads * values + _bias(config, heads * values)
    return LayerFacts(tuple(taken), projections + heads * values * size + _bias(config, size))


def _prelu(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    shared = config.get("shared_axes") or ()
    return LayerFacts(tuple(taken), math.prod(_known(size) for at, size in enumerate(taken) if at and at not in shared))


_UNCHANGED = frozenset(
    (
        *("Activation", "ActivityRegularization", "AlphaDropout", "Dropout", "ELU", "GaussianDropout"),
        *("GaussianNoise", "Identity", "LeakyReLU", "Masking", "RandomBrightness", "RandomContrast", "RandomFlip"),
        *("RandomRotation", "RandomTranslation", "RandomZoom", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D"),
        *("SpatialDropout2D", "SpatialDropout3D", "ThresholdedReLU", "UnitNormalization"),
    )
)
_MERGED: Mapping[str, Callable[[Config, Sequence[Shape]], Shape]] = {
    **dict.fromkeys(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"), _like_first),
    "Concatenate": _concatenated,
}
_RESHAPED: Mapping[str, Callable[[Config, Sequence[int | None]], Shape]] = {
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "RepeatVector": _repeat,
    **{f"{kind}Pooling{rank}D": _pooled for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Global{kind}Pooling{rank}D": _global_pooled for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"ZeroPadding{rank}D": _padded for rank in (1, 2, 3)},
    **{f"UpSampling{rank}D": _scaled for rank in (1, 2, 3)},
}
_WEIGHTED: Mapping[str, Callable[[Config, Sequence[int | None]], LayerFacts]] = {
    "Dense": _dense,
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D"), _conv),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _transposed),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _separable),
    **dict.fromkeys(("BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2"), _batch_norm),
    "LayerNormalization": _layer_norm,
    "GroupNormalization": _layer_norm,
    "Embedding": _embedding,
    **dict.fromkeys(("LSTM", "CuDNNLSTM"), _recurrent(4)),
    "GRU": _recurrent(3),
    "SimpleRNN": _recurrent(1),
    "Bidirectional": _bidirectional,
    "TimeDistributed": _time_distributed,
    "MultiHeadAttention": _attention,
    "PReLU": _prelu,
}
