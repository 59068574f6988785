"""Changes protobuf messages field by field: lengths are right again afterwards, so that what lies deep is reached.

Frames and their checksums are put on by the targets themselves, so what is changed here is never refused for them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from logging_lib.tfevents.wire import varint
from tests.fuzz.target import REPEATED, SEPARATOR

Change = Callable[[bytes, int], bytes]
"""Other bytes in place of some, at most so many."""

_DEEPEST = 12
_MOST_NODES = 2000
_NUMBERS = (0, 1, 2, 3, 7, 8, 127, 128, 255, 1 << 31, (1 << 32) - 1, 1 << 62, 1 << 63, (1 << 64) - 1)
_FIXED = {1: 8, 5: 4}
_FLOATS = {
    1: (b"\0" * 8, b"\0" * 6 + b"\xf0\x7f", b"\0" * 6 + b"\xf8\x7f", b"\xff" * 6 + b"\xef\x7f", b"\1" + b"\0" * 7),
    5: (b"\0" * 4, b"\0\0\x80\x7f", b"\0\0\xc0\x7f", b"\xff\xff\x7f\x7f", b"\1\0\0\0"),
}


@dataclass(slots=True)
class Node:
    """A field: a varint's number, the bytes of another one, or the fields of what looks like a message."""

    number: int
    wire_type: int
    value: int | bytes = 0
    below: list[Node] = field(default_factory=list)


def changed_message(data: bytes, most: int, seed: int, change: Change) -> bytes:
    """One message with something else in it."""
    chance = random.Random(seed)
    nodes = parsed(data)
    if not nodes or chance.random() < 0.15:
        return change(data, most)
    for _ in range(chance.randint(1, 3)):
        _change_somewhere(nodes, chance, change, most)
    return written(nodes)[:most]


def changed_file(data: bytes, most: int, seed: int, change: Change) -> bytes:
    """Messages with separators between them: one changed, taken out, doubled, moved, or two put together."""
    chance = random.Random(seed)
    parts = data.split(SEPARATOR)
    at = chance.randrange(len(parts))
    kind = chance.randrange(10)
    if kind == 0 and len(parts) > 1:
        del parts[at]
    elif kind == 1:
        parts.insert(chance.randrange(len(parts) + 1), parts[at])
    elif kind == 2:
        other = chance.randrange(len(parts))
        parts[at], parts[other] = parts[other], parts[at]
    elif kind == 3:  # of two messages of one kind this makes one with the fields of both
        parts[at] += parts[chance.randrange(len(parts))]
    elif kind == 4:
        return change(data, most)
    else:
        head = 2 if parts[at].startswith(REPEATED) else 0
        message = changed_message(parts[at][head:], most, chance.getrandbits(32), change)
        parts[at] = parts[at][:head] + message
    return SEPARATOR.join(parts)[:most]


def parsed(data: bytes, depth: int = 0) -> list[Node]:
    """The fields; none where these bytes are no message, or a very deep one."""
    nodes: list[Node] = []
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        wire_type, size = key & 7, 0
        if key >> 3 == 0 or at < 0:
            return []
        if wire_type == 0:
            value, at = _number(data, at)
            nodes.append(Node(key >> 3, 0, value))
            if at < 0:
                return []
            continue
        if wire_type == 2:
            size, at = _number(data, at)
        else:
            size = _FIXED.get(wire_type, -1)
        if at < 0 or size < 0 or at + size > len(data) or len(nodes) > _MOST_NODES:
            return []
        content = data[at : at + size]
        at += size
        below = parsed(content, depth + 1) if wire_type == 2 and depth < _DEEPEST else []
        nodes.append(Node(key >> 3, wire_type, content, below))
    return nodes


def written(nodes: list[Node]) -> bytes:
    """The message of these fields, with the lengths that they have."""
    parts = []
    for node in nodes:
        parts.append(varint(node.number << 3 | node.wire_type))
        if isinstance(node.value, int):
            parts.append(varint(node.value))
        elif node.wire_type == 2:
            content = written(node.below) if node.below else node.value
            parts += [varint(len(content)), content]
        else:
            parts.append(node.value)
    return b"".join(parts)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A varint and where it ends, -1 where it does not."""
    value = 0
    for place in range(10):
        if at + place >= len(data):
            break
        value |= (data[at + place] & 127) << 7 * place
        if data[at + place] < 128:
            return value & (1 << 64) - 1, at + place + 1
    return 0, -1


def _lists(nodes: list[Node]) -> list[list[Node]]:
    """The fields of the message and of all that are in it."""
    found = [nodes]
    for node in nodes:
        if node.below:
            found += _lists(node.below)
    return found


def _change_somewhere(nodes: list[Node], chance: random.Random, change: Change, most: int) -> None:
    lists = _lists(nodes)
    chosen = chance.choice(lists)
    if not chosen:
        return
    at = chance.randrange(len(chosen))
    kind = chance.randrange(12)
    if kind == 0:
        del chosen[at]
    elif kind == 1:
        chosen.insert(chance.randrange(len(chosen) + 1), chosen[at])
    elif kind == 2:  # another field of the same content, as an unknown one or another member of a oneof
        node = chosen[at]
        chosen[at] = Node(chance.randint(1, 24), node.wire_type, node.value, node.below)
    elif kind == 3:
        other = chance.choice(lists)
        if other and other is not chosen:
            chosen.insert(at, chance.choice([node for node in other if not _holds(node, chosen)] or [chosen[at]]))
    else:
        chosen[at] = _changed_leaf(chosen[at], chance, change, most)


def _holds(node: Node, wanted: list[Node]) -> bool:
    """Whether a list of fields is that of a field or of one in it: put into itself it would have no end."""
    return node.below is wanted or any(_holds(below, wanted) for below in node.below)


def _changed_leaf(node: Node, chance: random.Random, change: Change, most: int) -> Node:
    if isinstance(node.value, int):
        near = node.value + chance.choice((-1, 1))
        value = chance.choice((*_NUMBERS, near, near, chance.getrandbits(64))) & (1 << 64) - 1
        return Node(node.number, 0, value)
    if node.wire_type in _FIXED:
        size = _FIXED[node.wire_type]
        content = change(node.value, size)[:size].ljust(size, b"\0")
        return Node(node.number, node.wire_type, chance.choice((content, *_FLOATS[node.wire_type])))
    if not node.below and len(node.value) >= 4 and chance.random() < 0.25:
        return Node(node.number, 2, _with_a_float(node.value, chance))
    return Node(node.number, 2, change(written(node.below) if node.below else node.value, most))


def _with_a_float(content: bytes, chance: random.Random) -> bytes:
    """Of the content of a tensor one number is special."""
    number = chance.choice(_FLOATS[5] if len(content) < 8 else [*_FLOATS[1], *_FLOATS[5]])
    at = chance.randrange(len(content) // len(number)) * len(number)
    return content[:at] + number + content[at + len(number) :]
