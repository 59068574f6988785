"""The fields of wandb's records that are read, as protobuf messages made here: its own code is wandb's alone.

Source: wandb/proto/wandb_internal.proto. Texts are bytes, since a record is not to fail for one that is no UTF-8. The
messages have a pool of their own, in which wandb's, where it is imported as well, cannot be in the way.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2 as pb
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

_PACKAGE = "tbtui.wandb"
_FIELD = pb.FieldDescriptorProto
_TYPES = {"bytes": _FIELD.TYPE_BYTES, "int": _FIELD.TYPE_INT64}
# By message: the fields' names, numbers and types; `*` may be there any number of times.
_MESSAGES = {
    "Item": "key=1:bytes nested_key=2:bytes* value_json=16:bytes",
    "Step": "num=1:int",
    "History": "item=1:Item* step=2:Step",
    "Config": "update=1:Item* remove=2:Item*",
    "Time": "seconds=1:int nanos=2:int",
    "Run": "config=4:Config run_group=6:bytes display_name=8:bytes start_time=17:Time",
    "Exit": "exit_code=1:int",
    "Record": "history=2:History config=5:Config run=17:Run exit=18:Exit",
}


def _record_class() -> Any:
    file = pb.FileDescriptorProto(name="tbtui/wandb.proto", package=_PACKAGE, syntax="proto3")
    for name, described in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for text in described.split():
            field, _, rest = text.partition("=")
            number, _, kind = rest.partition(":")
            label = _FIELD.LABEL_REPEATED if kind.endswith("*") else _FIELD.LABEL_OPTIONAL
            kind = kind.rstrip("*")
            added = message.field.add(name=field, number=int(number), label=label)
            if kind in _TYPES:
                added.type = _TYPES[kind]
            else:
                added.type, added.type_name = _FIELD.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Record"))


Record = _record_class()
"""A record of the log: `history`, `config`, `run` or `exit`."""
