"""Parts of meshes: a mesh is logged as several tags, one each for its vertices, faces and colors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
from google.protobuf.message import DecodeError

from logging_lib.tfevents.proto import plugin_data_pb2
from tui.model import BlobRef
from tui.reader.payload.record import not_shown, numbers_of, read_value

_Data = plugin_data_pb2.MeshPluginData
_PARTS = {_Data.VERTEX: "VERTEX", _Data.FACE: "FACE", _Data.COLOR: "COLOR"}
# How tags end: in a part's name, where tensorboardX writes its number.
_SUFFIXES = {name: name for name in _PARTS.values()} | {str(number): name for number, name in _PARTS.items()}


@dataclass(frozen=True, slots=True, eq=False)
class MeshPart:
    """One part of the mesh `name`.

    `part` is VERTEX (coordinates), FACE (three indices of vertices) or COLOR (red, green, blue, 0 to 255); `array`
    has the shape [batch, n, 3] and the dtype it was logged in. `config` is the JSON for the camera and materials as
    it was logged, often empty.
    """

    name: str
    part: str
    array: npt.NDArray[Any]
    config: str


def mesh_part(tag: str, content: bytes) -> tuple[str, str]:
    """Which mesh a tag belongs to, and as which part of it: VERTEX, FACE or COLOR, "" for what cannot be told.

    Meshes are told apart by their tags: two of one name that are logged below different directories are two.

    Args:
        content: that of the tag's metadata.
    """
    name, _, suffix = tag.rpartition("_")
    try:
        data = _Data.FromString(content)
    except DecodeError:
        data = _Data()
    known = _SUFFIXES.get(suffix)
    part = _PARTS.get(data.content_type) or known or ""
    return name if known is not None else (data.name or tag), part


def read_mesh(ref: BlobRef, content: bytes = b"") -> MeshPart:
    """One part of a mesh; `content` is that of the tag's first metadata, for values that come without.

    Raises:
        PayloadError: as `read_value`, or the value is no part of a mesh.
    """
    value = read_value(ref)
    try:
        data = _Data.FromString(value.metadata.plugin_data.content or content)
    except DecodeError as error:
        raise not_shown(ref, "mesh without its plugin's data") from error
    name, _, suffix = value.tag.rpartition("_")
    part = _PARTS.get(data.content_type) or _SUFFIXES.get(suffix)
    if part is None:
        raise not_shown(ref, f"mesh of unknown content type {data.content_type}")
    array = numbers_of(ref, value)
    if array.ndim != 3 or array.shape[2] != 3:
        raise not_shown(ref, f"mesh tensor of shape {list(array.shape)}, not [batch, n, 3]")
    return MeshPart(data.name or name, part, array, data.json_config)
