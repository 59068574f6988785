"""SummaryWriter.add_graph, add_onnx_graph."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial

from logging_lib.calls.sink import EventSink


class GraphCalls(EventSink):
    """Graphs of models."""

    def add_graph(
        self, model: object, input_to_model: object = None, verbose: bool = False, use_strict_trace: bool = True
    ) -> None:
        """Log the graph of a torch model, which is run once for it, in eval mode, by torch.jit.trace.

        Afterwards the modes of its modules and torch's random numbers are as before. A model that is compiled by
        torch.compile is traced as it was before; one that is scripted or traced already is not run.

        Args:
            model: a torch.nn.Module, or a scripted function.
            input_to_model: example inputs: a tensor, a dict that the model takes as one argument, or a tuple of all
                its arguments. None where the model is not run.
            verbose: print torch's own text of the graph.
            use_strict_trace: False takes models that return lists or dicts.

        Raises:
            TypeError: `model` is no module.
            ValueError: no inputs for a model that has to be run.
            TypeError, ValueError, RuntimeError: tracing failed; the message says why, and the cause is what the model
                or torch raised.
        """
        from logging_lib.summary.graph import run_metadata_event
        from logging_lib.summary.torch_graph import torch_nodes
        from logging_lib.summary.torch_trace import check_model, recorded_graph

        check_model(model)
        model = getattr(model, "_orig_mod", model)  # what torch.compile wrapped
        graph = recorded_graph(model, input_to_model, use_strict_trace)
        if verbose:
            print(graph)  # noqa: T201  # what is asked for
        self._log_graph(torch_nodes(model, graph))
        self._log_event("add_graph", run_metadata_event, None)

    def add_onnx_graph(self, prototxt: str | os.PathLike[str]) -> None:
        """Log the graph of an ONNX file; its weights, where they are in files of their own, are not read.

        Args:
            prototxt: the path.

        Raises:
            ImportError: the package onnx is not installed.
            OSError: the file cannot be read.
            TypeError: not a path.
            ValueError: it is no ONNX model.
        """
        from logging_lib.summary.onnx_graph import load_onnx_graph, onnx_nodes

        self._log_graph(onnx_nodes(load_onnx_graph(prototxt)))

    def _log_graph(self, nodes: Sequence[bytes]) -> None:
        from logging_lib.summary.graph import graph_event

        self._log_event("add_graph", partial(graph_event, nodes), None, nbytes=sum(map(len, nodes)))
