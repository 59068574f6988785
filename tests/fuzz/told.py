"""What a target's log says: how many inputs, what they reached, and when something new was found last."""

from __future__ import annotations

import re

_STATUS = re.compile(r"^#(\d+)\t(\w+)\s+cov: (\d+) ft: (\d+) corp: (\d+)", re.MULTILINE)
_AT_RANDOM = re.compile(r"^(\d+) inputs$", re.MULTILINE)


def of_log(log: str) -> str:
    """One line; empty where nothing was run."""
    if found := _AT_RANDOM.findall(log):
        return f"{found[-1]} inputs, without atheris"
    lines = _STATUS.findall(log)
    if not lines:
        return "no inputs"
    runs, _, edges, features, corpus = lines[-1]
    new = [int(at) for at, kind, *_ in lines if kind == "NEW"]
    edges_at = next((int(at) for at, _, reached, *_ in lines if reached == edges), 0)
    return (
        f"{runs} inputs, {edges} edges (the last new one at input {edges_at}), {features} features"
        f" (at {new[-1] if new else 0}), {corpus} kept"
    )
