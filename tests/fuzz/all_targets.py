"""Every target by its name. Each is imported when it is asked for: what others need takes seconds to instrument."""

from __future__ import annotations

from importlib import import_module

from tests.fuzz.target import Target

_MODULES = {
    "logs": ("records", "files", "events"),
    "exports": ("export",),
    "peers": ("peers",),
    "blobs": ("tensors", "histograms", "media", "curves"),
    "graphs": ("graphs",),
    "sessions": ("hparams",),
    "texts": ("where", "pattern", "config", "markdown", "printable"),
    "states": ("state",),
    "projectors": ("projector",),
    "listings": ("remote",),
    "screens": ("cells",),
    "pictures": ("pixels",),
    "axes": ("numbers", "charts"),
    "writing": ("writer",),
    "calling": ("calls",),
}
NAMES = tuple(name for names in _MODULES.values() for name in names)


def target(name: str) -> Target:
    """The target of this name.

    Raises:
        KeyError: there is none.
    """
    module = next((module for module, names in _MODULES.items() if name in names), None)
    if module is None:
        raise KeyError(name)
    targets: tuple[Target, ...] = import_module(f"tests.fuzz.{module}").TARGETS
    return next(item for item in targets if item.name == name)
