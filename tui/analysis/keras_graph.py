"""A Keras model as a graph: a node for each layer, named by the models that it is in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tui.analysis.graph_parameters import MOST_NUMBERS, Weights, item_size
from tui.analysis.keras_config import input_shape
from tui.analysis.keras_layers import LayerFacts, layer_facts
from tui.reader.payload import Attributes, GraphNode, KerasLayer
from tui.reader.payload.graph import Shape

_LONGEST_TEXT = 500


@dataclass(slots=True)
class KerasGraph:
    """Layers in the order of the model, a model before the layers in it; `weights` and `attributes` by their place.

    A model's node has no weights of its own.
    """

    nodes: list[GraphNode] = field(default_factory=list)
    weights: dict[int, Weights] = field(default_factory=dict)
    attributes: dict[int, Attributes] = field(default_factory=dict)


def keras_graph(model: KerasLayer) -> KerasGraph:
    """The layers of a model, with the shapes and weights that follow from their configurations."""
    found = KerasGraph()
    _add_model(found, model, "", input_shape(model.config) or model.built, ())
    return found


def _add_model(found: KerasGraph, model: KerasLayer, scope: str, given: Shape, sources: Sequence[str]) -> Shape:
    """The model and its layers; returns the shape of its output, as far as it is that of its last layer."""
    path = f"{scope}{_name(model)}"
    place = len(found.nodes)
    found.nodes.append(GraphNode(path, model.class_name, "", tuple(sources), (), model.dtype))
    shapes: dict[str, Shape] = {}
    last: Shape = given
    for layer in model.layers:
        inputs = [shapes.get(name) for name in layer.inputs] or [input_shape(layer.config) or layer.built or given]
        named = [f"{path}/{name}" for name in layer.inputs]
        if layer.layers:
            last = _add_model(found, layer, f"{path}/", inputs[0], named)
        else:
            last = _add_layer(found, layer, f"{path}/{_name(layer)}", inputs, named)
        shapes[layer.name] = last
    found.nodes[place] = GraphNode(path, model.class_name, "", tuple(sources), (last,), model.dtype)
    found.attributes[place] = _attributes(model.config)
    return last


def _add_layer(
    found: KerasGraph, layer: KerasLayer, path: str, inputs: Sequence[Shape], sources: Sequence[str]
) -> Shape:
    facts = layer_facts(layer.class_name, layer.config, [layer.built or shape for shape in inputs[:1]] + [*inputs[1:]])
    place = len(found.nodes)
    found.nodes.append(GraphNode(path, layer.class_name, "", tuple(sources), (facts.shape,), layer.dtype))
    if (weights := _weights(layer, facts)) is not None:
        found.weights[place] = weights
    found.attributes[place] = _attributes(layer.config)
    return facts.shape


def _weights(layer: KerasLayer, facts: LayerFacts) -> Weights | None:
    """None for a layer that has none."""
    if facts.trained is None or facts.others is None:
        return Weights(unknown=1)
    total = facts.trained + facts.others
    if total >= MOST_NUMBERS:
        return Weights(unknown=1)
    trained = facts.trained if layer.config.get("trainable", True) is not False else 0
    # A policy's name is no type: the weights of mixed precision are float32.
    return Weights(total, trained, total * (item_size(layer.dtype) or 4)) if total else None


def _name(layer: KerasLayer) -> str:
    return layer.name or layer.class_name or "(no name)"


def _attributes(config: Mapping[str, object]) -> Attributes:
    """The configuration, without the layers of a model."""
    return tuple((str(name), _text(value)) for name, value in config.items() if name != "layers")


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}… ({len(text)} characters)"
