"""What a command says when it cannot do what was asked."""

from __future__ import annotations


class CommandError(Exception):
    """The message is one clear line for stderr; the command ends with exit code 2."""
