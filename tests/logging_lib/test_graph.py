"""add_graph: what is in the graph, what it leaves as it was, what it refuses, and who can read it."""

from __future__ import annotations

import copy
import gc
import random
import subprocess
import sys
import warnings
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from google.protobuf import text_format
from tensorboard import context
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.compat.proto.config_pb2 import RunMetadata
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.graph.graphs_plugin import GraphsPlugin
from torch import nn

from logging_lib import SummaryWriter
from logging_lib.tfevents import plugins
from tests.logging_lib.event_files import raw_events
from tests.logging_lib.graph_models import (
    Branching,
    Classifier,
    OfDict,
    Residual,
    Two,
    attribute,
    logged_graph,
    nodes_of,
    output_shape,
)
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir
from tui.reader.payload import read_graph, read_run_metadata

X = torch.zeros(2, 3)
PIXELS = torch.zeros(1, 3, 9, 9)


def log(directory: Path, *arguments: Any, **options: Any) -> dict[str, Any]:
    """The nodes of one add_graph, by name."""
    with SummaryWriter(directory) as writer:
        writer.add_graph(*arguments, **options)
    return nodes_of(directory)


def test_names_are_the_modules(tmp_path: Path) -> None:
    nodes = log(tmp_path, Residual(), X)
    weights = {name: output_shape(node) for name, node in nodes.items() if node.op == "prim::GetAttr"}
    assert {name.rpartition("/")[0]: shape for name, shape in weights.items()} == {
        "Residual/scale": [3],
        "Residual/Sequential[inner]/Linear[0]/weight": [3, 3],
        "Residual/Sequential[inner]/Linear[0]/bias": [3],
        "Residual/Sequential[inner]/Linear[2]/weight": [3, 3],
        "Residual/Sequential[inner]/Linear[2]/bias": [3],
    }
    assert {attribute(nodes[name]) for name in weights} == {f"{{ name :  {k} }}" for k in ("scale", "weight", "bias")}
    (relu,) = [node for node in nodes.values() if node.op == "aten::relu"]
    assert relu.name.startswith("Residual/Sequential[inner]/ReLU[1]/")
    assert [nodes[name].op for name in relu.input] == ["aten::linear"]
    assert [nodes[name].op for name in nodes["output/output.1"].input] == ["aten::add"]
    assert output_shape(nodes["output/output.1"]) == output_shape(relu) == [2, 3]
    assert logged_graph(tmp_path).versions.producer == 22


def test_shapes_of_buffers_and_of_listed_parameters(tmp_path: Path) -> None:
    nodes = log(tmp_path, Two(), (torch.zeros(4), torch.zeros(4), torch.zeros(1)))
    shapes = {node.name.rpartition("/")[0]: output_shape(node) for node in nodes.values() if node.op == "prim::GetAttr"}
    assert shapes == {
        "Two/shift": [4],
        "Two/ParameterList[scales]/0": [4],
        "Two/ParameterList[scales]/1": [4],
    }
    assert {name for name in nodes if name.startswith("input/")} == {"input/x", "input/y"}
    assert output_shape(nodes["output/output.1"]) is None  # a tuple


def test_scripted_functions_and_modules_need_no_inputs_and_stay_as_they_are(tmp_path: Path) -> None:
    @torch.jit.script
    def twice(x):  # type: ignore[no-untyped-def]
        return x * 2j

    nodes = log(tmp_path / "function", twice)
    assert [attribute(node) for node in nodes.values() if node.op == "prim::Constant"] == ["{ value : 2j}"]
    assert [name.partition("/")[0] for name, node in nodes.items() if node.op == "aten::mul"] == ["twice"]
    model = torch.jit.script(nn.Sequential(Branching(), nn.Linear(3, 3)))
    before = str(model.graph)
    nodes = log(tmp_path / "module", model)
    assert str(model.graph) == before
    assert model.training
    assert {"prim::If", "aten::linear"} <= {node.op for node in nodes.values()}


def test_a_compiled_model_is_traced_as_it_was_before(tmp_path: Path) -> None:
    nodes = log(tmp_path, torch.compile(Residual()), X)
    assert "aten::relu" in {node.op for node in nodes.values()}
    assert {name.partition("/")[0] for name in nodes} == {"input", "output", "Residual"}


def test_verbose_prints_torchs_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log(tmp_path / "a", nn.Linear(3, 2), X)
    assert capsys.readouterr().out == ""
    log(tmp_path / "b", nn.Linear(3, 2), X, verbose=True)
    printed = capsys.readouterr().out
    assert printed.startswith("graph(%self")
    assert "aten::linear(" in printed


class Noisy(nn.Module):
    """Random in eval mode, and counts its calls of `train`, as one that merges its weights there must."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.frozen, self.drop = nn.BatchNorm1d(3), nn.BatchNorm1d(3), nn.Dropout()
        self.norm.weight.requires_grad = False
        self.frozen.eval()
        self.switched: list[bool] = []
        self.ran: list[bool] = []

    def train(self, mode: bool = True) -> Noisy:
        self.switched.append(mode)
        return super().train(mode)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.ran.append(self.training or self.norm.training)
        noise = torch.rand(3)
        return self.drop(self.frozen(self.norm(x))) + noise


def state(model: Noisy) -> Any:
    modes = {name: module.training for name, module in model.named_modules()}
    learns = {name: (parameter.requires_grad, parameter.grad) for name, parameter in model.named_parameters()}
    tensors = {name: tensor.tolist() for name, tensor in model.state_dict().items()}
    randoms = torch.get_rng_state().tolist(), random.getstate(), np.random.get_state()[1].tolist()
    return modes, learns, tensors, randoms, list(model.switched)


@pytest.mark.parametrize("inputs", [torch.ones(2, 3), torch.ones(2, 4)], ids=["traced", "failing"])
def test_the_model_and_the_random_numbers_are_as_before(tmp_path: Path, inputs: torch.Tensor) -> None:
    """torch's leaves every module in the mode of the outermost."""
    model = Noisy()
    before = copy.deepcopy(state(model))
    given = inputs.clone()
    with SummaryWriter(tmp_path) as writer:
        if inputs.shape[1] == 3:
            writer.add_graph(model, inputs)
        else:
            with pytest.raises(RuntimeError, match="Noisy: "):
                writer.add_graph(model, inputs)
    assert state(model) == before
    assert before[0] == {"": True, "norm": True, "frozen": False, "drop": True}
    assert model.ran == [False]  # once, in eval mode
    assert torch.equal(inputs, given)


def test_nothing_of_the_model_is_kept(tmp_path: Path) -> None:
    model, inputs = Classifier(), PIXELS.clone()
    kept = [weakref.ref(item) for item in (model, *model.modules(), *model.parameters(), *model.buffers(), inputs)]
    with SummaryWriter(tmp_path) as writer:
        writer.add_graph(model, inputs)
        del model, inputs
        gc.collect()
        assert [ref() for ref in kept if ref() is not None] == []
    assert nodes_of(tmp_path)


class Failing(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise KeyError("lost")


@pytest.mark.parametrize(
    ("model", "inputs", "kind", "reason", "advice"),
    [
        (nn.Linear(3, 2), None, ValueError, "Linear has to be run to be traced", "pass example inputs as input_to_mod"),
        (nn.Linear(3, 2), torch.zeros(4), RuntimeError, "Linear: RuntimeError: .*shapes? ", "what the model runs with"),
        (nn.Linear(3, 2), (X, X), TypeError, "Linear: TypeError: .*3 were given", "all that its forward takes"),
        (nn.Linear(3, 2), "abc", RuntimeError, "Linear: .* cannot be traced", "what the model runs with"),
        (OfDict(), {"a": X, "b": X}, RuntimeError, "OfDict: .*strict=False", "pass use_strict_trace=False"),
        (Failing(), X, RuntimeError, "Failing: KeyError: 'lost'", "what the model runs with"),
        (nn.LazyLinear(3), X, RuntimeError, "LazyLinear: .*uninitialized", "run the model once before"),
        ("compiled", X, RuntimeError, "Sequential: ", "before torch.compile"),
    ],
)
def test_a_failure_says_in_one_line_what_failed_and_what_to_do(
    tmp_path: Path, model: Any, inputs: Any, kind: type[Exception], reason: str, advice: str
) -> None:
    if model == "compiled":  # not among the parameters: the import of torch's compiler takes seconds
        model = nn.Sequential(torch.compile(nn.Linear(3, 2)))
    with SummaryWriter(tmp_path) as writer, pytest.raises(kind, match=f"^add_graph: .*{reason}.*{advice}") as caught:
        writer.add_graph(model, inputs)
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    assert (caught.value.__cause__ is None) == (inputs is None)


def test_a_long_reason_loses_its_middle(tmp_path: Path) -> None:
    """It begins with the inputs, printed, and ends with what is wrong with them."""
    inputs = {"image": torch.zeros(1), "name": "x" * 5000}
    with SummaryWriter(tmp_path) as writer, pytest.raises(RuntimeError) as caught:
        writer.add_graph(OfDict(), inputs)
    assert "must have consistent type. Found Tensor and str; " in str(caught.value)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize("model", [None, "model", nn.Linear, lambda x: x])
def test_what_is_no_model_is_a_type_error(tmp_path: Path, model: Any) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(TypeError, match=r"expected a torch\.nn\.Module, got \w+$"):
        writer.add_graph(model, X)


def test_where_torch_is_not_imported_nothing_is_a_model(tmp_path: Path) -> None:
    code = (
        "import sys; from logging_lib import SummaryWriter\n"
        "with SummaryWriter(sys.argv[1]) as writer:\n"
        "    try: writer.add_graph(object())\n"
        "    except TypeError as error: print(error)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("add_graph: expected a torch.nn.Module, got object\nFalse\n", "")


def test_where_the_jit_is_switched_off_the_error_says_so(tmp_path: Path) -> None:
    code = (
        "import sys, torch; from logging_lib import SummaryWriter\n"
        "with SummaryWriter(sys.argv[1]) as writer:\n"
        "    try: writer.add_graph(torch.nn.Linear(3, 2), torch.zeros(3))\n"
        "    except RuntimeError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTORCH_JIT": "0"},
    )
    assert done.stdout == "add_graph: cannot trace Linear: torch.jit is switched off (PYTORCH_JIT=0)\n"


def test_tensorboards_graph_tab_opens_it(tmp_path: Path) -> None:
    log(tmp_path / "run", Classifier(), PIXELS)
    events = EventMultiplexer().AddRunsFromDirectory(str(tmp_path)).Reload()
    tab = GraphsPlugin(TBContext(data_provider=MultiplexerDataProvider(events, str(tmp_path))))
    request = context.RequestContext()
    step = {"tag": "step1", "conceptual_graph": False, "op_graph": False, "profile": True}
    assert tab.info_impl(request, "") == {"run": {"run": "run", "tags": {"step1": step}, "run_graph": True}}
    text, kind = tab.graph_impl(
        request, "run", None, False, "", limit_attr_size=1024, large_attrs_key="_too_large_attrs"
    )
    assert kind == "text/x-protobuf"
    assert text_format.Parse(text, GraphDef()) == logged_graph(tmp_path / "run")
    profile, _ = tab.run_metadata_impl(request, "", "run", "step1")
    assert [device.device for device in text_format.Parse(profile, RunMetadata()).step_stats.dev_stats] == [
        "/device:CPU:0"
    ]


def test_our_reader_reads_it(tmp_path: Path) -> None:
    nodes = log(tmp_path, Classifier(), PIXELS)
    snapshot = Ingester([LogDir("", tmp_path)]).read_all()
    assert snapshot.problems == ()
    refs = {key.plugin: series.refs[0] for key, series in snapshot.blobs.items()}
    assert refs.keys() == {plugins.GRAPHS, plugins.GRAPH_TAGGED_RUN_METADATA}
    read = read_graph(refs[plugins.GRAPHS])
    assert [node.name for node in read.nodes] == list(nodes)
    assert {node.name: [list(shape or ()) for shape in node.shapes] for node in read.nodes} == {
        name: [] if output_shape(node) is None else [output_shape(node)] for name, node in nodes.items()
    }
    assert [device.device for device in read_run_metadata(refs[plugins.GRAPH_TAGGED_RUN_METADATA]).devices] == [
        "/device:CPU:0"
    ]


@pytest.mark.filterwarnings("error::DeprecationWarning:torch.*")
def test_that_torchs_tracer_is_deprecated_is_not_the_jobs_concern(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with SummaryWriter(tmp_path) as writer:
            writer.add_graph(nn.Linear(3, 2), torch.zeros(1, 3))
    assert len(raw_events(tmp_path)) == 3
