"""Models whose graphs the tests log, and how graphs are read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.node_def_pb2 import NodeDef
from torch import nn

from tests.logging_lib.event_files import raw_events


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3))
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.inner(x) * self.scale


class Classifier(nn.Module):
    """Nested modules, batch norm and dropout."""

    def __init__(self) -> None:
        super().__init__()
        block = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
        self.features = nn.Sequential(block, nn.Sequential(nn.Conv2d(4, 4, 3), nn.ReLU(), nn.MaxPool2d(2)))
        self.head = nn.ModuleDict({"drop": nn.Dropout(), "out": nn.Linear(4, 2)})

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head["out"](self.head["drop"](self.features(x).mean((2, 3))))


class Shared(nn.Module):
    """One layer in two modules."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.Linear(3, 3)
        self.first, self.second = nn.Sequential(layer), nn.Sequential(layer, nn.ReLU())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x))


class Two(nn.Module):
    """Two inputs, an unused one, parameters in a list, a buffer, operations of two outputs, and two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.scales = nn.ParameterList([nn.Parameter(torch.ones(4)) for _ in range(2)])
        self.register_buffer("shift", torch.ones(4))

    def forward(self, x: torch.Tensor, y: torch.Tensor, unused: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        largest, where = (x * self.scales[0] + y * self.scales[1]).chunk(2)[0].max(0)
        return largest + self.shift, where


class OfDict(nn.Module):
    def forward(self, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {"sum": batch["a"] + batch["b"]}


class Branching(nn.Module):
    """Can be scripted only: the path depends on the data."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if bool(x.sum() > 0):
            x = self.layer(x)
        return x * 2


class Outputs(nn.Module):
    """Values that Python calls `output`, as torch calls the graph's own."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 3), nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        output = self.first(x)
        output = self.second(output.relu())
        return output * 2


def logged_graph(directory: Path) -> GraphDef:
    """The only graph in a run."""
    (data,) = [event.graph_def for event in raw_events(directory) if event.HasField("graph_def")]
    return GraphDef.FromString(data)


def nodes_of(directory: Path) -> dict[str, NodeDef]:
    """The nodes of the only graph in a run, by name: each name is there once, and each input is one of them."""
    nodes = logged_graph(directory).node
    by_name = {node.name: node for node in nodes}
    assert len(by_name) == len(nodes)
    assert {name.partition(":")[0] for node in nodes for name in node.input} <= by_name.keys()
    return by_name


def attribute(node: NodeDef) -> str:
    """The text of a node's attributes."""
    return node.attr["attr"].s.decode()


def output_shape(node: Any) -> list[int] | None:
    """The shape of a node's output, None where the graph has none."""
    if "_output_shapes" not in node.attr:
        return None
    (shape,) = node.attr["_output_shapes"].list.shape
    return [dim.size for dim in shape.dim]
