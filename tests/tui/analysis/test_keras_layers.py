"""Shapes and weights of Keras layers, as `model.summary()` says them, and configurations that make no sense."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.analysis.graphs import node
from tui.analysis.graph_model import model_of_keras
from tui.analysis.graph_parameters import GraphKind, Weights
from tui.analysis.keras_layers import _WEIGHTED, UNKNOWN, LayerFacts, layer_facts
from tui.analysis.keras_shapes import MERGED, RESHAPED
from tui.reader.payload import KerasLayer
from tui.reader.payload.graph import Shape

IMAGE = (None, 28, 28, 3)
WORDS = (None, 10, 8)


F = LayerFacts
KERNEL = {"filters": 8, "kernel_size": 3}
LSTM = {"class_name": "LSTM", "config": {"units": 5}}
SAME, FIRST = {"padding": "same"}, {"data_format": "channels_first"}


@pytest.mark.parametrize(
    ("class_name", "config", "taken", "expected"),
    [
        ("Dense", {"units": 4}, (None, 3), F((None, 4), 16)),
        ("Dense", {"units": 4, "use_bias": False}, (None, 5, 3), F((None, 5, 4), 12)),
        ("Dense", {"units": 4}, (None, None), UNKNOWN),
        ("Dense", {"units": 4}, None, UNKNOWN),
        ("Conv2D", {"filters": 8, "kernel_size": [3, 3]}, IMAGE, F((None, 26, 26, 8), 224)),
        ("Conv2D", {**KERNEL, **SAME, "strides": [2, 2]}, IMAGE, F((None, 14, 14, 8), 224)),
        ("Conv2D", {**KERNEL, "dilation_rate": 2}, IMAGE, F((None, 24, 24, 8), 224)),
        ("Conv2D", {"filters": 6, "kernel_size": 3, "groups": 3}, IMAGE, F((None, 26, 26, 6), 60)),
        ("Conv2D", {**KERNEL, **FIRST}, (None, 3, 28, 28), F((None, 8, 26, 26), 224)),
        ("Conv1D", {"filters": 4, "kernel_size": [5], "padding": "causal"}, (None, None, 2), F((None, None, 4), 44)),
        ("Conv3D", {"filters": 2, "kernel_size": 2, "use_bias": False}, (None, 4, 4, 4, 1), F((None, 3, 3, 3, 2), 16)),
        ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}, IMAGE, F((None, 26, 26, 6), 60)),
        ("SeparableConv2D", {**KERNEL}, IMAGE, F((None, 26, 26, 8), 27 + 24 + 8)),
        ("Conv2DTranspose", {**KERNEL, "strides": 2}, IMAGE, F((None, 57, 57, 8), 224)),
        ("Conv2DTranspose", {**KERNEL, "strides": 2, **SAME}, IMAGE, F((None, 56, 56, 8), 224)),
        ("BatchNormalization", {"axis": [3]}, IMAGE, F(IMAGE, 6, 6)),
        ("BatchNormalization", {"axis": -1, "scale": False}, IMAGE, F(IMAGE, 3, 6)),
        ("LayerNormalization", {"axis": [1]}, (None, 8), F((None, 8), 16)),
        ("GroupNormalization", {"groups": 2}, IMAGE, F(IMAGE, 6)),
        ("Embedding", {"input_dim": 100, "output_dim": 8}, (None, 10), F(WORDS, 800)),
        ("LSTM", {"units": 5}, WORDS, F((None, 5), 280)),
        ("LSTM", {"units": 5, "return_sequences": True}, WORDS, F((None, 10, 5), 280)),
        ("GRU", {"units": 5, "reset_after": True}, WORDS, F((None, 5), 225)),
        ("GRU", {"units": 5, "reset_after": False}, WORDS, F((None, 5), 210)),
        ("SimpleRNN", {"units": 5}, WORDS, F((None, 5), 70)),
        ("Bidirectional", {"layer": LSTM}, WORDS, F((None, 10), 560)),
        ("Bidirectional", {"merge_mode": "sum", "layer": LSTM}, WORDS, F((None, 5), 560)),
        ("TimeDistributed", {"layer": {"class_name": "Dense", "config": {"units": 4}}}, WORDS, F((None, 10, 4), 36)),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 4}, WORDS, F(WORDS, 288)),
        ("PReLU", {"shared_axes": [1, 2]}, IMAGE, F(IMAGE, 3)),
        ("MaxPooling2D", {"pool_size": [2, 2], "padding": "valid"}, (None, 25, 25, 3), F((None, 12, 12, 3))),
        ("AveragePooling1D", {"pool_size": 3, **SAME}, WORDS, F((None, 4, 8))),
        ("GlobalAveragePooling2D", {}, IMAGE, F((None, 3))),
        ("GlobalMaxPooling1D", {"keepdims": True}, WORDS, F((None, 1, 8))),
        ("Flatten", {}, IMAGE, F((None, 2352))),
        ("Flatten", {}, (None, None, 3), F((None, None))),
        ("Reshape", {"target_shape": [-1, 4]}, (None, 8), F((None, 2, 4))),
        ("Permute", {"dims": [2, 1]}, WORDS, F((None, 8, 10))),
        ("RepeatVector", {"n": 3}, (None, 8), F((None, 3, 8))),
        ("ZeroPadding2D", {"padding": [[1, 2], [0, 3]]}, IMAGE, F((None, 31, 31, 3))),
        ("ZeroPadding2D", {"padding": 1}, IMAGE, F((None, 30, 30, 3))),
        ("UpSampling2D", {"size": [2, 3]}, IMAGE, F((None, 56, 84, 3))),
        ("Dropout", {"rate": 0.5}, IMAGE, F(IMAGE)),
        ("InputLayer", {"batch_shape": [None, 3]}, None, F((None, 3))),
        ("InputLayer", {"batch_input_shape": [32, 3]}, None, F((32, 3))),
        ("MyLayer", {"units": 4}, IMAGE, UNKNOWN),
        ("Dense", {"units": "many"}, (None, 3), UNKNOWN),
        ("Dense", {"units": 10**30}, (None, 3), UNKNOWN),
        ("Conv2D", {"filters": 8, "kernel_size": [3]}, IMAGE, UNKNOWN),
        ("Conv2D", {**KERNEL, "strides": 0}, IMAGE, UNKNOWN),
        ("BatchNormalization", {"axis": 9}, IMAGE, UNKNOWN),
        ("Bidirectional", {}, WORDS, UNKNOWN),
    ],
)  # fmt: skip
def test_layers(class_name: str, config: dict[str, Any], taken: Shape, expected: LayerFacts) -> None:
    assert layer_facts(class_name, config, [taken]) == expected


def test_layers_of_several_inputs() -> None:
    assert layer_facts("Add", {}, [WORDS, WORDS]) == LayerFacts(WORDS)
    squeezed, image = (None, 1, 1, 8), (None, 5, None, 8)
    assert layer_facts("Multiply", {}, [squeezed, image]) == layer_facts("Multiply", {}, [image, squeezed])
    assert layer_facts("Multiply", {}, [squeezed, image]) == LayerFacts(image)
    assert layer_facts("Add", {}, [(None, 4), (None, 3, 4), (None, None, 1)]) == LayerFacts((None, None, 4))
    assert layer_facts("Add", {}, [(None, 4), (None, 3)]) == UNKNOWN
    assert layer_facts("Concatenate", {"axis": -1}, [(None, 3), (None, 4)]) == LayerFacts((None, 7))
    assert layer_facts("Concatenate", {"axis": 1}, [(None, None, 4), (None, 3, 4)]) == LayerFacts((None, None, 4))
    assert layer_facts("Multiply", {}, [None, WORDS]) == LayerFacts(None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 1 << 70) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
NAMES = ["units", "filters", "kernel_size", "strides", "axis", "padding", "pool_size", "size", "target_shape", "dims"]
NAMES += ["n", "layer", "num_heads", "key_dim", "shared_axes", "input_dim", "output_dim", "groups", "depth_multiplier"]


@given(
    st.sampled_from([*_WEIGHTED, *RESHAPED, *MERGED, "InputLayer"]),
    st.dictionaries(st.sampled_from([*NAMES, "batch_shape", "dilation_rate"]), json_values),
    st.lists(st.none() | st.lists(st.none() | st.integers(0, 9), max_size=5).map(tuple), max_size=2),
)
def test_any_configuration(class_name: str, config: dict[str, Any], shapes: list[Shape]) -> None:
    facts = layer_facts(class_name, config, shapes)
    assert facts.shape is None or all(size is None or size >= 0 for size in facts.shape)
    assert facts.trained is None or facts.trained >= 0


# Whole models


def layer(
    name: str, class_name: str, config: dict[str, Any], *inputs: str, layers: tuple[KerasLayer, ...] = (), **fields: Any
) -> KerasLayer:
    return KerasLayer(name, class_name, inputs, "float32", config, layers, **fields)


def test_a_model_in_a_model_of_two_branches() -> None:
    inner = layer("inner", "Sequential", {}, "in", layers=(
        layer("d1", "Dense", {"units": 4}),
        layer("bn", "BatchNormalization", {}, "d1"),
    ))  # fmt: skip
    model = layer("net", "Functional", {}, layers=(
        layer("in", "InputLayer", {"batch_shape": [None, 3]}),
        inner,
        layer("side", "Dense", {"units": 2, "trainable": False}, "in"),
        layer("odd", "MyLayer", {"secret": [1, 2]}, "side"),
        layer("both", "Concatenate", {"axis": -1}, "inner", "side"),
    ))  # fmt: skip
    made = model_of_keras(model)
    assert made.kind is GraphKind.KERAS
    assert [(row.name, row.type, row.shape, row.weights.total, row.weights.unknown) for row in made.rows] == [
        ("in", "InputLayer", (None, 3), 0, 0),
        ("inner.d1", "Dense", (None, 4), 16, 0),
        ("inner.bn", "BatchNormalization", (None, 4), 16, 0),
        ("side", "Dense", (None, 2), 8, 0),
        ("odd", "MyLayer", None, 0, 1),
        ("both", "Concatenate", (None, 6), 0, 0),
    ]
    assert made.weights == Weights(40, 24, 160, unknown=1)
    assert [made.tree.path(row.item) for row in made.rows][1] == "net/inner/d1"
    assert made.nodes[1] == node("net/in", "InputLayer", shapes=((None, 3),), dtype="float32")
    assert made.nodes[7].inputs == ("net/inner", "net/side")
    assert made.links.inputs[7] == [2, 5]
    assert made.attributes is not None
    assert made.attributes[6] == (("secret", "[1, 2]"),)
    assert made.attributes[0] == ()


def test_the_shape_that_keras_3_says_is_taken() -> None:
    model = layer("net", "Sequential", {}, layers=(layer("d", "Dense", {"units": 2}, built=(None, 7)),))
    assert model_of_keras(model).weights.total == 16


def test_a_configuration_too_long_to_read() -> None:
    model = layer(
        "net", "Sequential", {}, layers=(layer("d", "Lambda", {"code": "x" * 600, "many": list(range(1000))}),)
    )
    made = model_of_keras(model)
    assert made.attributes is not None
    (code, many) = made.attributes[1]
    assert code == ("code", "x" * 500 + "… (600 characters)")
    assert many[1].endswith(f"… ({len(json.dumps(list(range(1000))))} characters)")
