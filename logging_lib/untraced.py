"""Keeps torch.compile out of the writer: what is logged inside a compiled function is logged by the code as it is.

The compiler has torch's own writer on the list of what it does not trace. It would trace this one, and warn of what it
cannot trace, or fail. That list can be changed after `import torch._dynamo` only, which takes a second; hence by the
mark that its `disable` leaves on a function, and by torch's C part, which `import torch` loads.
"""

from __future__ import annotations

import sys
from types import FunctionType

_untraced: set[type] = set()


def keep_untraced(*classes: type) -> None:
    """Have the compiler run all methods of these classes, and what they call, as they are.

    Nothing where the job has not imported torch yet, or one that cannot be told.
    """
    compiler = sys.modules.get("torch._C._dynamo.eval_frame")
    if compiler is None or not hasattr(compiler, "set_code_exec_strategy") or _untraced.issuperset(classes):
        return
    skip = compiler._FrameAction.SKIP
    for kind in {base for each in classes for base in each.__mro__ if base is not object}:
        for method in vars(kind).values():
            if isinstance(method, FunctionType):
                method.__dict__["_torchdynamo_disable"] = True  # no tracing into it
                compiler.set_code_exec_strategy(method.__code__, compiler._FrameExecStrategy(skip, skip))  # nor of it
    _untraced.update(classes)
