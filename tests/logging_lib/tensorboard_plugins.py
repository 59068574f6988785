"""What TensorBoard's plugins serve of a written logdir."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.plugins.base_plugin import TBContext, TBPlugin
from werkzeug.test import Client


def plugin(kind: type[TBPlugin], logdir: Path, **others: TBPlugin) -> Any:
    """One of TensorBoard's plugins over a logdir, read by its Python loader; `others` are those that it asks."""
    multiplexer = EventMultiplexer().AddRunsFromDirectory(str(logdir))
    multiplexer.Reload()
    provider = MultiplexerDataProvider(multiplexer, str(logdir))
    return kind(TBContext(data_provider=provider, logdir=str(logdir), plugin_name_to_instance=others))


def served(shown: Any, route: str, **query: object) -> bytes:
    """What a route of a plugin answers."""
    response = Client(shown.get_plugin_apps()[route]).get(f"{route}?{urlencode(query)}")
    assert response.status_code == 200, response.data
    return bytes(response.data)
