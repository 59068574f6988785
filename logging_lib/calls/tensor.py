"""SummaryWriter.add_tensor."""

from __future__ import annotations

from functools import partial
from typing import SupportsInt

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink
from logging_lib.capture import captured_array


class TensorCalls(EventSink):
    """Tensors as they are."""

    def add_tensor(
        self, tag: str, tensor: object, global_step: SupportsInt | None = None, walltime: float | None = None
    ) -> None:
        """Log all elements of a tensor, of numbers of any dtype and shape; copied.

        bfloat16 is stored as such. What event files have no dtype for is stored wider: float8 as float32.
        """
        from logging_lib.summary.tensor import check_storable, tensor_summary

        with About(tag):
            array = captured_array(tensor, complex_too=True)
            bfloat16 = str(getattr(tensor, "dtype", "")) in ("bfloat16", "torch.bfloat16")
            check_storable(array)
        self._log_event(tag, partial(tensor_summary, tag, array, bfloat16), global_step, walltime, nbytes=array.nbytes)
