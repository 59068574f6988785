"""What a Keras layer makes of its input's shape, and how many weights it has: reckoned from its configuration.

Source: the `compute_output_shape` and `build` methods of Keras 2 and 3. A layer of a class that is not here, or whose
configuration makes no sense, has an unknown shape and unknown weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tui.analysis.keras_config import Config, axis_of, bias, input_shape, joined, known_size, sizes_of, split, whole
from tui.analysis.keras_shapes import MERGED, RESHAPED, UNCHANGED, slid
from tui.reader.payload.graph import Shape


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
        if class_name in UNCHANGED:
            return LayerFacts(taken)
        if class_name in MERGED:
            return LayerFacts(MERGED[class_name](config, shapes))
        if class_name in RESHAPED:
            return LayerFacts(None if taken is None else RESHAPED[class_name](config, taken))
        if class_name == "InputLayer":
            return LayerFacts(input_shape(config))
        if class_name in _WEIGHTED:
            return UNKNOWN if taken is None else _WEIGHTED[class_name](config, taken)
    except (ValueError, TypeError, IndexError, ZeroDivisionError, RecursionError):
        return UNKNOWN  # the configuration may be anything
    return UNKNOWN


def _dense(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    units = whole(config.get("units"))
    return LayerFacts((*taken[:-1], units), known_size(taken[-1]) * units + bias(config, units))


def _kernel(config: Config, rank: int) -> tuple[list[int], list[int], list[int]]:
    """Sizes, strides and dilations."""
    kernel, strides = sizes_of(config.get("kernel_size"), rank), sizes_of(config.get("strides", 1), rank)
    return kernel, strides, sizes_of(config.get("dilation_rate", 1), rank)


def _convolved(config: Config, taken: Sequence[int | None], channels: int) -> Shape:
    spatial, _ = split(config, taken)
    padding = config.get("padding")
    places = [slid(*sizes, padding) for sizes in zip(spatial, *_kernel(config, len(spatial)), strict=True)]
    return joined(config, taken, places, channels)


def _conv(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    spatial, channels = split(config, taken)
    filters, kernel = whole(config.get("filters")), _kernel(config, len(spatial))[0]
    inputs = known_size(channels) // whole(config.get("groups", 1))
    weights = math.prod(kernel) * inputs * filters + bias(config, filters)
    return LayerFacts(_convolved(config, taken, filters), weights)


def _depthwise(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    spatial, channels = split(config, taken)
    made = known_size(channels) * whole(config.get("depth_multiplier", 1))
    weights = math.prod(_kernel(config, len(spatial))[0]) * made + bias(config, made)
    return LayerFacts(_convolved(config, taken, made), weights)


def _separable(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    spatial, channels = split(config, taken)
    filters, made = whole(config.get("filters")), known_size(channels) * whole(config.get("depth_multiplier", 1))
    weights = math.prod(_kernel(config, len(spatial))[0]) * made + made * filters + bias(config, filters)
    return LayerFacts(_convolved(config, taken, filters), weights)


def _transposed(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    spatial, channels = split(config, taken)
    filters, (kernel, strides, _) = whole(config.get("filters")), _kernel(config, len(spatial))
    weights = math.prod(kernel) * filters * known_size(channels) + bias(config, filters)
    if config.get("output_padding") is not None or config.get("dilation_rate", 1) not in (1, [1] * len(spatial)):
        return LayerFacts(None, weights)
    extra = [0 if config.get("padding") == "same" else max(k - s, 0) for k, s in zip(kernel, strides, strict=True)]
    sizes = [None if n is None else n * s + more for n, s, more in zip(spatial, strides, extra, strict=True)]
    return LayerFacts(joined(config, taken, sizes, filters), weights)


def _batch_norm(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    axis = config.get("axis", -1)
    size = known_size(taken[axis_of(axis[0] if isinstance(axis, list) else axis, taken)])
    return LayerFacts(tuple(taken), size * _scale_and_shift(config), 2 * size)


def _layer_norm(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    axis = config.get("axis", -1)
    axes = axis if isinstance(axis, list) else [axis]
    size = math.prod(known_size(taken[axis_of(at, taken)]) for at in axes)
    return LayerFacts(tuple(taken), size * _scale_and_shift(config))


def _scale_and_shift(config: Config) -> int:
    return bool(config.get("scale", True)) + bool(config.get("center", True))


def _embedding(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    rows, columns = whole(config.get("input_dim")), whole(config.get("output_dim"))
    return LayerFacts((*taken, columns), rows * columns)


def _recurrent(gates: int) -> Callable[[Config, Sequence[int | None]], LayerFacts]:
    def facts(config: Config, taken: Sequence[int | None]) -> LayerFacts:
        units = whole(config.get("units"))
        biases = 2 if gates == 3 and config.get("reset_after") else 1
        weights = gates * ((known_size(taken[-1]) + units) * units + bias(config, units) * biases)
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
    shape = (*one.shape[:-1], known_size(one.shape[-1]) * twice) if mode is not None else None
    return LayerFacts(shape, 2 * one.trained, None if one.others is None else 2 * one.others)


def _time_distributed(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    one = _inner(config, (taken[0], *taken[2:]))
    shape = None if one.shape is None else (taken[0], taken[1], *one.shape[1:])
    return LayerFacts(shape, one.trained, one.others)


def _attention(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    """For keys and values of the query's size."""
    size, heads, keys = known_size(taken[-1]), whole(config.get("num_heads")), whole(config.get("key_dim"))
    values = whole(config["value_dim"]) if config.get("value_dim") else keys
    if config.get("output_shape") is not None:
        return UNKNOWN
    projections = 2 * (size * heads * keys + bias(config, heads * keys))
    projections += size * heads * values + bias(config, heads * values)
    return LayerFacts(tuple(taken), projections + heads * values * size + bias(config, size))


def _prelu(config: Config, taken: Sequence[int | None]) -> LayerFacts:
    shared = config.get("shared_axes") or ()
    return LayerFacts(
        tuple(taken), math.prod(known_size(size) for at, size in enumerate(taken) if at and at not in shared)
    )


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
