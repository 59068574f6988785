"""Which mesh a tag belongs to."""

from __future__ import annotations

import pytest

from logging_lib.tfevents.proto.plugin_data_pb2 import MeshPluginData
from tui.reader.payload import mesh_part


def content(name: str, kind: str) -> bytes:
    return bytes(MeshPluginData(name=name, content_type=kind).SerializeToString())


@pytest.mark.parametrize(
    ("tag", "data", "expected"),
    [
        ("m_VERTEX", content("m", "VERTEX"), ("m", "VERTEX")),
        ("m_2", content("m", "FACE"), ("m", "FACE")),  # tensorboardX
        ("scope/m_COLOR", content("m", "COLOR"), ("scope/m", "COLOR")),  # TensorFlow's name scopes are in the tag only
        ("a_b_FACE", b"", ("a_b", "FACE")),  # the metadata was lost
        ("m_VERTEX", b"\xff\xff", ("m", "VERTEX")),
        ("other", content("m", "FACE"), ("m", "FACE")),
        ("other", b"", ("other", "")),
    ],
)
def test_the_name_is_in_the_tag_or_else_in_the_metadata(tag: str, data: bytes, expected: tuple[str, str]) -> None:
    assert mesh_part(tag, data) == expected
