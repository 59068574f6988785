"""Where tbtui keeps what is the user's: after the XDG base directory specification."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def config_path(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The configuration file: that of TBTUI_CONFIG, which should be there; else the usual one, None if it is not."""
    if chosen := environ.get("TBTUI_CONFIG"):
        return Path(chosen)
    base = _base("XDG_CONFIG_HOME", ".config", environ)
    usual = None if base is None else base / "tbtui" / "config.toml"
    return usual if usual is not None and usual.exists() else None


def state_directory(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The directory of what is remembered; None where there is no home directory."""
    base = _base("XDG_STATE_HOME", ".local/state", environ)
    return None if base is None else base / "tbtui"


def _base(variable: str, below_home: str, environ: Mapping[str, str]) -> Path | None:
    chosen = environ.get(variable, "")
    if chosen.startswith("/"):  # a relative path is to be ignored
        return Path(chosen)
    try:
        return Path.home() / below_home
    except RuntimeError:  # a user whom the system does not know, without HOME
        return None
