"""Records the graph of a torch model by running it once, and leaves the model and the random numbers as they were."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LONGEST_REASON = 400
# What to do, by what torch's message holds.
_ADVICE = {
    "strict=False": "pass use_strict_trace=False to record its lists and dicts as they are",
    "dynamo-optimized": "pass the modules as they were before torch.compile",
    "positional argument": "input_to_model must be all that its forward takes, a tensor or a tuple of them",
    "uninitialized parameters": "run the model once before, which makes them",
    "": "input_to_model must be what the model runs with: tensors, or tuples, lists and dicts of them",
}


def check_model(model: object) -> None:
    """Refuse what has no graph.

    Raises:
        TypeError: neither a torch.nn.Module nor a scripted function.
    """
    torch = _torch()
    if torch is None or not isinstance(model, (torch.nn.Module, torch.jit.ScriptFunction)):
        raise TypeError(f"add_graph: expected a torch.nn.Module, got {type(model).__name__}")


def recorded_graph(model: Any, inputs: object, strict: bool) -> Any:
    """The inlined torch._C.Graph of a model, a copy of its own.

    A module is run once, in eval mode, by torch.jit.trace; what is scripted or traced already is not run.

    Args:
        inputs: what the model takes: a tensor, a dict, or a tuple of its arguments; None where it is not run.
        strict: refuse lists and dicts among the outputs, whose structure one run does not tell.

    Raises:
        ValueError: no inputs for a model that needs them.
        TypeError, ValueError, RuntimeError: the model does not run, or cannot be traced; the first two where that is
            what was raised, which is the cause in any case.
    """
    torch = _torch()
    if isinstance(model, (torch.jit.ScriptModule, torch.jit.ScriptFunction)):
        return model.inlined_graph
    name = type(model).__name__
    if inputs is None:
        raise ValueError(f"add_graph: {name} has to be run to be traced; pass example inputs as input_to_model")
    with _as_it_was(model), warnings.catch_warnings():
        # torch 2.13 deprecates its tracer; what is to come instead has no graph of operations with scopes.
        warnings.filterwarnings("ignore", r".*torch\.jit\.trace.*deprecated", DeprecationWarning)
        try:
            traced = torch.jit.trace(model, inputs, check_trace=False, strict=strict)
        except Exception as error:
            kind = next((kind for kind in (TypeError, ValueError) if isinstance(error, kind)), RuntimeError)
            raise kind(f"add_graph: cannot trace {name}: {_reason(error)}; {_advice(error)}") from error
    if not isinstance(traced, torch.jit.ScriptModule):
        raise RuntimeError(f"add_graph: cannot trace {name}: torch.jit is switched off (PYTORCH_JIT=0)")
    return traced.inlined_graph


@contextmanager
def _as_it_was(model: Any) -> Iterator[None]:
    """Eval mode meanwhile, then each module's own mode and the random numbers as before.

    The flags are set, not `train()` called: a model may override it, to merge its weights or to keep a part frozen.
    """
    torch = _torch()
    training = [module for module in model.modules() if getattr(module, "training", False)]
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()
    with torch.random.fork_rng(devices):
        try:
            for module in training:
                module.training = False
            yield
        finally:
            for module in training:
                module.training = True


def _torch() -> Any:
    return sys.modules.get("torch")  # who has a module has imported it


def _reason(error: Exception) -> str:
    """What was raised, in one line. A long message loses its middle: it prints inputs, and its end says why."""
    text = " ".join(str(error).partition("\nException raised from")[0].split())
    if len(text) > _LONGEST_REASON:
        text = f"{text[: _LONGEST_REASON // 2]} ... {text[-_LONGEST_REASON // 2 :]}"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _advice(error: Exception) -> str:
    return next(advice for mark, advice in _ADVICE.items() if mark in str(error))
