"""add_onnx_graph: the nodes of ONNX files, and how they differ from torch's."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto import types_pb2
from tensorboard.compat.proto.node_def_pb2 import NodeDef
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import raw_events
from tests.logging_lib.graph_models import logged_graph, nodes_of

WEIGHT = np.ones((2, 3), np.float32)


@pytest.fixture(scope="module")
def onnx() -> Any:
    """The package, which is not among those that the tests install."""
    return pytest.importorskip("onnx")


def saved(onnx: Any, path: Path, nodes: list[Any], inputs: list[Any], outputs: list[Any], **more: Any) -> Path:
    graph = onnx.helper.make_graph(nodes, "graph", inputs, outputs, **more)
    onnx.save(onnx.helper.make_model(graph), path)
    return path


@pytest.fixture
def plain(onnx: Any, tmp_path: Path) -> Path:
    """A file that torch shows right: float, all shapes known, weights among the inputs, one output an operation."""
    tensor, node = onnx.helper.make_tensor_value_info, onnx.helper.make_node
    nodes = [
        node("Conv", ["x", "w"], ["c"], kernel_shape=[3, 3], auto_pad="SAME_UPPER"),
        node("Upsample", ["c"], ["u"], names=["p", "q"], scale=1.5),
        node("Relu", ["u"], ["y"]),
    ]
    inputs = [tensor("x", 1, [1, 3, 8, 8]), tensor("w", 1, [4, 3, 3, 3])]
    return saved(onnx, tmp_path / "plain.onnx", nodes, inputs, [tensor("y", 1, [1, 4, 8, 8])])


def log(directory: Path, path: Path) -> dict[str, NodeDef]:
    with SummaryWriter(directory) as writer:
        writer.add_onnx_graph(path)
    return nodes_of(directory)


def parameters(node: NodeDef) -> str:
    return node.attr["parameters"].s.decode()


def test_inputs_and_operations_are_torchs(plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """torch's texts of attributes end in the number of their type, and it calls the graph's output as what makes it."""
    ours = log(tmp_path / "ours", str(plain))
    assert capsys.readouterr().out == ""  # torch prints every name
    with TorchWriter(str(tmp_path / "torch")) as writer:
        writer.add_onnx_graph(str(plain))
    theirs = logged_graph(tmp_path / "torch")
    assert [node.name for node in theirs.node] == ["x", "w", "y", "c", "u", "y"]
    assert list(ours) == ["x", "w", "output/y", "c", "u", "y"]
    for mine, other in zip(ours.values(), theirs.node, strict=True):
        if mine.name == "output/y":
            assert mine.input == ["y"]
            del mine.input[:]
            other.name = mine.name
        if mine.op != "Variable":
            untyped = re.sub(r" = \d+(?=,|$)", "", parameters(other))
            other.attr["parameters"].s = re.sub(r"b'(SAME_UPPER)'|b(?=')", r"\1", untyped).encode()
        mine.attr.pop("_output_shapes", None)
        assert mine == other
    assert logged_graph(tmp_path / "ours").versions == theirs.versions
    assert [event.WhichOneof("what") for event in raw_events(tmp_path / "ours")] == ["file_version", "graph_def"]


def test_what_torch_gets_wrong(onnx: Any, tmp_path: Path) -> None:
    """Dtypes by ONNX's numbers, unknown sizes as 0, weights and second outputs missing, tensors' bytes in the text."""
    tensor, node, array = onnx.helper.make_tensor_value_info, onnx.helper.make_node, onnx.numpy_helper.from_array
    branch = onnx.helper.make_graph([node("Neg", ["x"], ["n"])], "branch", [], [tensor("n", 1, None)])
    nodes = [
        node("Conv", ["x", "/w", ""], ["/a/conv:0"]),
        node("Split", ["/a/conv:0"], ["left", "right"], axis=1),
        node("Constant", [], ["k"], value=array(np.arange(4), "any")),
        node("LSTM", ["right"], ["", "last"]),
        node("If", ["flag"], ["either"], then_branch=branch, else_branch=branch),
        node("Sum", ["left", "right", "k", "last", "either"], ["y"], sizes=list(range(2000))),
    ]
    nodes[-1].attribute.append(onnx.AttributeProto(name="axes", type=onnx.AttributeProto.INTS))  # none of them
    path = saved(
        onnx,
        tmp_path / "model.onnx",
        nodes,
        [tensor("x", 7, ["batch", 3]), tensor("flag", 9, []), tensor("any", 27, None)],
        [tensor("y", 10, [None, 3])],
        initializer=[array(WEIGHT, "/w")],
        value_info=[tensor("right", 1, [1, 3])],
    )
    named = log(tmp_path / "run", path)
    variables = {name: node for name, node in named.items() if node.op == "Variable"}
    assert {name: node.attr["dtype"].type for name, node in variables.items()} == {
        "x": types_pb2.DT_INT64,
        "flag": types_pb2.DT_BOOL,
        "any": types_pb2.DT_INVALID,  # six bits a number, which TensorFlow has not
        "w": types_pb2.DT_FLOAT,
        "output/y": types_pb2.DT_HALF,
    }
    shapes = {name: node.attr["shape"].shape for name, node in variables.items()}
    sizes = [[dim.size for dim in shape.dim] for shape in shapes.values()]
    assert list(shapes) == ["x", "flag", "any", "w", "output/y"]
    assert sizes == [[-1, 3], [], [], [2, 3], [-1, 3]]
    assert [name for name, shape in shapes.items() if shape.unknown_rank] == ["any"]
    inputs = {node.op: list(node.input) for node in named.values() if node.input}
    assert inputs == {
        "Variable": ["y"],
        "Conv": ["x", "w"],
        "Split": ["a/conv_0"],
        "LSTM": ["left:1"],
        "If": ["flag"],
        "Sum": ["left", "left:1", "k", "last:1", "either"],
    }
    assert parameters(named["k"]) == "value = int64[4]"
    assert parameters(named["either"]) == "else_branch = graph of 1 nodes, then_branch = graph of 1 nodes"
    assert parameters(named["y"]).startswith("sizes = [0, 1, 2")
    assert parameters(named["y"]).endswith("..., axes = []")
    assert len(parameters(named["y"])) < 1100
    left, right = named["left"].attr["_output_shapes"].list.shape
    assert (left.unknown_rank, [dim.size for dim in right.dim]) == (True, [1, 3])


def test_names_that_become_equal_stay_apart(onnx: Any, tmp_path: Path) -> None:
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    nodes = [node("Neg", ["a:0"], ["a_0"]), node("Abs", ["a_0"], ["/output/y"]), node("Exp", ["/output/y"], ["y"])]
    path = saved(onnx, tmp_path / "m.onnx", nodes, [info("a:0", 1, [1])], [info("y", 1, [1])])
    named = log(tmp_path / "run", path)
    assert {node.op + " " + name: list(node.input) for name, node in named.items()} == {
        "Variable a_0": [],
        "Variable output/y_": ["y"],
        "Neg a_0_": ["a_0"],
        "Abs output/y": ["a_0_"],
        "Exp y": ["output/y"],
    }


def test_weights_in_other_files_are_not_needed(onnx: Any, tmp_path: Path) -> None:
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [node("Add", ["x", "w"], ["y"])],
        "graph",
        [info("x", 1, [2, 3])],
        [info("y", 1, [2, 3])],
        initializer=[onnx.numpy_helper.from_array(WEIGHT, "w")],
    )
    model = onnx.helper.make_model(graph)
    path = tmp_path / "m.onnx"
    onnx.save(model, path, save_as_external_data=True, location="weights", size_threshold=0)
    (tmp_path / "weights").unlink()
    assert log(tmp_path / "run", path)["y"].input == ["x", "w"]


def test_every_dtype_is_tensorflows_of_that_name(onnx: Any, tmp_path: Path) -> None:
    renamed = {"FLOAT16": "HALF", "FLOAT4E2M1": "FLOAT4_E2M1FN"}
    numbers = {name: number for name, number in onnx.TensorProto.DataType.items() if number}
    inputs = [onnx.helper.make_tensor_value_info(name, number, []) for name, number in numbers.items()]
    path = saved(onnx, tmp_path / "m.onnx", [onnx.helper.make_node("Sum", ["FLOAT"], ["y"])], inputs, [])
    named = log(tmp_path / "run", path)
    types = {name: named[name].attr["dtype"].type for name in numbers}
    known = dict(types_pb2.DataType.items())
    wanted = {name: f"DT_{renamed.get(name, name).replace('FLOAT8E', 'FLOAT8_E')}" for name in numbers}
    common = {name: known[wanted[name]] for name in numbers if wanted[name] in known}
    assert {name: types[name] for name in common} == common
    assert {name for name, number in types.items() if not number} <= {"FLOAT8E8M0", "FLOAT6E2M3", "FLOAT6E3M2"}
    assert len(common) > 15


def test_what_is_no_onnx_file(onnx: Any, tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no model")
    (tmp_path / "empty.onnx").touch()
    (tmp_path / "broken.json").write_text("{")
    with SummaryWriter(tmp_path / "run") as writer:
        for name, reason in (("text.onnx", "is no ONNX model: "), ("broken.json", "is no ONNX model: ")):
            with pytest.raises(ValueError, match=f"^add_onnx_graph: .*{name} {reason}.+") as caught:
                writer.add_onnx_graph(tmp_path / name)
            assert "\n" not in str(caught.value)
        with pytest.raises(ValueError, match=r"empty\.onnx holds no graph$"):
            writer.add_onnx_graph(tmp_path / "empty.onnx")
        with pytest.raises(FileNotFoundError, match=r"No such file or directory: .*missing\.onnx"):
            writer.add_onnx_graph(tmp_path / "missing.onnx")
        with pytest.raises(TypeError, match="PathLike"):
            writer.add_onnx_graph(3)  # type: ignore[arg-type]


def test_without_the_package_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with (
        SummaryWriter(tmp_path) as writer,
        pytest.raises(ImportError, match=r"^add_onnx_graph needs .*pip install onnx"),
    ):
        writer.add_onnx_graph("model.onnx")
