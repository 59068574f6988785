"""Keras models as Keras 1, 2 and 3 write them, and JSON that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from logging_lib.tfevents import plugins
from tests.tui.reader.payload.stored import store, strings
from tui.reader.payload import KerasLayer, PayloadError, read_keras_model


def read(tmp_path: Path, model: object) -> KerasLayer:
    data = model if isinstance(model, bytes) else json.dumps(model).encode()
    return read_keras_model(store(tmp_path, strings(data, shape=(), plugin=plugins.GRAPH_KERAS_MODEL)))


def dense(name: str, **fields: object) -> dict[str, object]:
    return {"class_name": "Dense", "config": {"name": name, "units": 3, "dtype": "float32"}, **fields}


def keras_tensor(name: str) -> dict[str, object]:
    return {"class_name": "__keras_tensor__", "config": {"shape": [None, 3], "keras_history": [name, 0, 0]}}


def test_a_sequence_of_layers(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        {
            "class_name": "Sequential",
            "config": {"name": "net", "layers": [dense("a"), dense("b")]},
            "keras_version": "2",
        },
    )
    assert (model.name, model.class_name, model.inputs, model.dtype) == ("net", "Sequential", (), "")
    assert [(layer.name, layer.class_name, layer.inputs, layer.dtype) for layer in model.layers] == [
        ("a", "Dense", (), "float32"),
        ("b", "Dense", ("a",), "float32"),
    ]
    assert model.layers[0].config["units"] == 3


def test_a_sequence_of_the_first_keras(tmp_path: Path) -> None:
    model = read(tmp_path, {"class_name": "Sequential", "config": [dense("a"), dense("b")]})
    assert [layer.inputs for layer in model.layers] == [(), ("a",)]


@pytest.mark.parametrize(
    "inbound",
    [
        [[["a", 0, 0, {}], ["b", 0, 0, {}]]],  # Keras 2
        [["a", 0, 0], ["b", 0, 0]],
        [{"args": [[keras_tensor("a"), keras_tensor("b")]], "kwargs": {}}],  # Keras 3
        [{"args": [keras_tensor("a")], "kwargs": {"other": keras_tensor("b")}}],
        [{"args": [keras_tensor("a"), keras_tensor("b"), keras_tensor("a")], "kwargs": {"mask": None}}],
    ],
)
def test_layers_with_inputs(tmp_path: Path, inbound: object) -> None:
    layers = [dense("a", inbound_nodes=[]), dense("b", inbound_nodes=[]), dense("c", inbound_nodes=inbound)]
    model = read(tmp_path, {"class_name": "Functional", "config": {"name": "m", "layers": layers}})
    assert [layer.inputs for layer in model.layers] == [(), (), ("a", "b")]


def test_a_model_in_a_model(tmp_path: Path) -> None:
    inner = {"class_name": "Sequential", "config": {"name": "inner", "layers": [dense("x")]}}
    model = read(tmp_path, {"class_name": "Sequential", "config": {"name": "outer", "layers": [dense("a"), inner]}})
    assert model.layers[1].inputs == ("a",)
    assert [layer.name for layer in model.layers[1].layers] == ["x"]


@pytest.mark.parametrize(
    ("build_config", "built"),
    [({"input_shape": [None, 7]}, (None, 7)), ({"input_shape": "x"}, None), ({"input_shape": [[1]]}, None), (1, None)],
)
def test_the_shape_that_a_layer_was_built_for(tmp_path: Path, build_config: object, built: object) -> None:
    layer = dense("a", build_config=build_config)
    model = read(tmp_path, {"class_name": "Sequential", "config": {"layers": [layer, dense("b")]}})
    assert [layer.built for layer in model.layers] == [built, None]


def test_the_name_of_a_policy_stands_for_a_dtype(tmp_path: Path) -> None:
    policy = {"class_name": "Policy", "config": {"name": "mixed_float16"}}
    layer = {"class_name": "Dense", "config": {"name": "a", "dtype": policy}}
    model = read(tmp_path, {"class_name": "Sequential", "config": {"layers": [layer, {"config": {"dtype": 5}}]}})
    assert [layer.dtype for layer in model.layers] == ["mixed_float16", ""]


def test_a_layer_without_a_configuration(tmp_path: Path) -> None:
    layers = [{"name": "outside"}, {"name": "outside", "config": {"name": "inside"}}, {"config": "text"}, {}]
    model = read(tmp_path, {"config": {"layers": layers}})
    assert [(layer.name, layer.class_name, dict(layer.config)) for layer in model.layers] == [
        ("outside", "", {}),
        ("inside", "", {"name": "inside"}),
        ("", "", {}),
        ("", "", {}),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "Keras model: Expecting property name"),
        (b"\xff\xfe\xff", "Keras model: "),
        (b"[]", "Keras model: layer that is no JSON object"),
        (b'{"config": {"layers": [1]}}', "layer that is no JSON object"),
        (b"[" * 100_000, ": Keras model nested too deeply"),
        (b'{"config":{"layers":[' * 30_000 + b"]}}" * 30_000, "nested too deeply"),
        (b'{"config":{"layers":[' * 1000 + b"]}}" * 1000, "nested too deeply"),
        (b'{"config":' + b"9" * 5000 + b"}", "Keras model: Exceeds the limit"),
    ],
)
def test_no_keras_model(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(PayloadError, match=message) as raised:
        read(tmp_path, data)
    assert "\n" not in str(raised.value)


def test_more_json_than_any_model_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.reader.payload.keras_model._MOST_BYTES", 1)
    with pytest.raises(PayloadError, match="Keras model of 2 bytes of JSON, more than 1"):
        read(tmp_path, b"{}")
    monkeypatch.setattr("tui.reader.payload.keras_model._MOST_BYTES", 2)
    assert read(tmp_path, b"{}").layers == ()
