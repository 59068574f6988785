"""Keras models: the JSON of `model.to_json()` as a tree of layers, as Keras 1, 2 and 3 write it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tui.model import BlobRef
from tui.reader.payload.record import not_shown, only_string_of, read_value

# JSON grows to a multiple of its size when it is parsed; the largest models' is a few megabytes.
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class KerasLayer:
    """A layer, or a model, which has `layers` of its own.

    `inputs` name the layers of the same model whose outputs it takes. `dtype` is that of its outputs or the name of a
    policy, empty where neither stands there. `config` is the layer's own, as the JSON has it. `built` is the shape
    of the input that it was built for, where Keras 3 says so.
    """

    name: str
    class_name: str
    inputs: tuple[str, ...]
    dtype: str
    config: Mapping[str, Any]
    layers: tuple[KerasLayer, ...]
    built: tuple[int | None, ...] | None = None


def read_keras_model(ref: BlobRef) -> KerasLayer:
    """A Keras model.

    Raises:
        PayloadError: as `read_value`, or the value holds no such model.
    """
    data = only_string_of(ref, read_value(ref))
    if len(data) > _MOST_BYTES:
        raise not_shown(ref, f"Keras model of {len(data)} bytes of JSON, more than {_MOST_BYTES}")
    try:
        return _layer(json.loads(data), None)
    except RecursionError as error:
        raise not_shown(ref, "Keras model nested too deeply") from error
    except ValueError as error:
        raise not_shown(ref, f"Keras model: {error}") from error


def _layer(item: object, before: str | None) -> KerasLayer:
    """A layer and those below it; `before` is the layer that a sequence has before it."""
    if not isinstance(item, dict):
        raise ValueError("layer that is no JSON object")
    config = item.get("config")
    # The first Keras has a plain list where later ones have an object with it.
    config = config if isinstance(config, dict) else {"layers": config} if isinstance(config, list) else {}
    name = str(config.get("name") or item.get("name") or "")
    nodes = item.get("inbound_nodes")
    inputs = tuple(dict.fromkeys(_inputs(nodes))) if nodes is not None else (before,) if before else ()
    dtype = _dtype(config.get("dtype"))
    layers = _layers(config.get("layers"))
    return KerasLayer(name, str(item.get("class_name") or ""), inputs, dtype, config, layers, _built(item))


def _built(item: Mapping[str, Any]) -> tuple[int | None, ...] | None:
    match item.get("build_config"):
        case {"input_shape": [*sizes]} if all(size is None or type(size) is int for size in sizes):
            return tuple(sizes)
        case _:
            return None


def _layers(items: object) -> tuple[KerasLayer, ...]:
    layers: list[KerasLayer] = []
    for item in items if isinstance(items, list) else []:
        layers.append(_layer(item, layers[-1].name if layers else None))
    return tuple(layers)


def _inputs(nodes: object) -> Iterator[str]:
    """Names of layers in `inbound_nodes`: at the head of lists, in Keras 3 those called `keras_history`."""
    match nodes:
        case [str(name), int(), int(), *_]:
            yield name
        case dict():
            for item in nodes.values():
                yield from _inputs(item)
        case list():
            for item in nodes:
                yield from _inputs(item)


def _dtype(value: object) -> str:
    """A dtype's name, or that of the policy that an object describes."""
    match value:
        case str():
            return value
        case {"config": {"name": str(name)}}:
            return name
        case _:
            return ""
