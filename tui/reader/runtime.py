"""Tells a protobuf runtime without a compiled parser, with which reading takes some forty times as long."""

from __future__ import annotations

import google.protobuf
from google.protobuf.internal import api_implementation

from tui.model import Problem

_COMPILED = "upb"


def slow_runtime() -> Problem | None:
    """What to say about the protobuf package in use; None where it is as fast as it should be."""
    kind = api_implementation.Type()
    if kind == _COMPILED:
        return None
    place = next(iter(google.protobuf.__path__))
    return Problem(place, None, f"protobuf runs on its slow {kind} parser; install a build of it for this Python")
