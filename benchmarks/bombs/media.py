"""Bombs in what plugins log: texts, tables, meshes, curves, graphs, layouts, hparams, embeddings."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.bombs.bomb import EVERY, Bomb, Value, event, field, log, scalars
from benchmarks.bombs.pictures import png
from logging_lib.summary.custom_scalars import custom_scalars
from logging_lib.summary.hparams import hparams
from logging_lib.tfevents import plugins
from logging_lib.tfevents.mesh import mesh_summary
from logging_lib.tfevents.plugins import summary_metadata
from logging_lib.tfevents.proto import graph_pb2, summary_pb2
from logging_lib.tfevents.tensor import to_tensor_proto

_WAYS = ("export", "report", "check", "screen")
_TEXT = (("export", ("--kind", "text")),)
_HISTOGRAMS = (("export", ("--kind", "histograms")), ("plot", ("--hist",)))
_HPARAMS = (("export", ("--kind", "hparams")),)


def _tensor(directory: Path, array: object, plugin: str, content: bytes = b"") -> None:
    tensor = to_tensor_proto(np.asarray(array))
    log(directory / "run", [event(Value(tag="t", tensor=tensor, metadata=summary_metadata(plugin, content))),
                            *scalars(9)])  # fmt: skip


def _text(directory: Path, text: str) -> None:
    _tensor(directory, np.array(text.encode(), object), plugins.TEXT)


def _summaries(directory: Path, summaries: Iterable[summary_pb2.Summary], *more: bytes) -> None:
    log(directory / "run", [*(event(*summary.value) for summary in summaries), *more])


def _table(columns: int, rows: int) -> str:
    return "|" + "a|" * columns + "\n|" + "-|" * columns + "\n" + ("|" + "b|" * columns + "\n") * rows


def _mesh(directory: Path, vertices: int, faces: int) -> None:
    random = np.random.default_rng(0)
    parts = {"VERTEX": random.normal(size=(1, vertices, 3)).astype("f4")}
    if faces:
        parts["FACE"] = random.integers(0, vertices, (1, faces, 3)).astype("i4")
    _summaries(directory, [mesh_summary("mesh", parts, "")], *scalars(9))


def _mesh_claim(directory: Path) -> None:
    summary = mesh_summary("mesh", {"VERTEX": np.zeros((1, 1, 3), "f4")}, "")
    summary.value[0].tensor.tensor_shape.dim[1].size = 10**8
    _summaries(directory, [summary], *scalars(9))


def _buckets(directory: Path, count: int) -> None:
    edges = np.arange(count, dtype="f8")
    new = np.stack([edges, edges + 1, np.ones(count)], 1)
    old = {"bucket_limit": edges + 1, "bucket": np.ones(count), "min": 0, "max": count, "num": count}
    old_event = event(Value(tag="old", histo=old))
    new_event = event(Value(tag="new", tensor=to_tensor_proto(new),
                            metadata=summary_metadata(plugins.HISTOGRAMS, b"")))  # fmt: skip
    log(directory / "run", [old_event, new_event, *scalars(9)])


def _graph(directory: Path, nodes: Iterable[bytes]) -> None:
    log(directory / "run", [field(4, b"".join(field(1, node) for node in nodes)), *scalars(9)])


def _node(name: str, *inputs: str) -> bytes:
    return graph_pb2.NodeDef(name=name, op="op", input=inputs).SerializeToString()


def _keras(directory: Path, text: str) -> None:
    _tensor(directory, np.array(text.encode(), object), plugins.GRAPH_KERAS_MODEL)


def _patterns(directory: Path) -> None:
    bad = ["(a+)+$", "(a|aa)+$", "(.*)*b", "(a|a?)+b", "((a{1,100}){1,100}){1,100}b", "a" * 10**6, "(" * 10**5]
    layout = custom_scalars({"c": {f"chart {number}": ["Multiline", bad[number:] + bad] for number in range(7)}})
    tags = (event(Value(tag="a" * 60 + f"{number}!", simple_value=number)) for number in range(500))
    _summaries(directory, [layout], *tags)


def _projector(directory: Path, points: bytes | str, metadata: bytes | str = "", sprite: bytes = b"") -> None:
    """Files beside the events, or links to files elsewhere."""
    config = 'embeddings { tensor_name: "e" tensor_path: "t.tsv" '
    for name, what in (("t.tsv", points), ("m.tsv", metadata)):
        if isinstance(what, bytes):
            (directory / name).write_bytes(what)
        elif what:
            (directory / name).symlink_to(what)
    if metadata:
        config += 'metadata_path: "m.tsv" '
    if sprite:
        (directory / "s.png").write_bytes(sprite)
        config += 'sprite { image_path: "s.png" single_image_dim: 10 single_image_dim: 10 }'
    (directory / "projector_config.pbtxt").write_text(config + "}")
    log(directory, scalars(9))


def _fifo(directory: Path) -> None:
    _projector(directory, b"1\t2\n" * 9)
    (directory / "t.tsv").unlink()
    os.mkfifo(directory / "t.tsv")


BOMBS = (
    Bomb("text-100-mb", "a text of 100 MB", lambda d: _text(d, "word " * (20 << 20)), _WAYS, arguments=_TEXT),
    Bomb(
        "text-line",
        "a text of one line of 20 MB, no blanks",
        lambda d: _text(d, "x" * (20 << 20)),
        _WAYS,
        arguments=_TEXT,
    ),
    Bomb("text-lines", "a text of 10^7 empty lines", lambda d: _text(d, "\n" * 10**7), _WAYS, arguments=_TEXT),
    Bomb(
        "text-wide",
        "a text of 5 * 10^6 combining marks on one letter",
        lambda d: _text(d, "e" + "\u0301" * 5_000_000),
        _WAYS,
        arguments=_TEXT,
    ),
    Bomb(
        "markdown-quotes",
        "quotes in quotes, 10^4 levels",
        lambda d: _text(d, "> " * 10**4 + "x"),
        _WAYS,
        arguments=_TEXT,
    ),
    Bomb(
        "markdown-lists",
        "lists in lists, 3,000 levels",
        lambda d: _text(d, "".join(" " * 2 * level + "- x\n" for level in range(3000))),
        _WAYS,
        arguments=_TEXT,
    ),
    Bomb(
        "markdown-marks",
        "brackets, stars and backquotes that nothing closes, 100 KB each",
        lambda d: _text(
            d,
            "\n\n".join(
                mark * (100_000 // len(mark))
                for mark in ("[", "*a ", "`a", "![", "<a ", "**a", "[a](", "_a_", "~~", "&", "<!--")
            ),
        ),
        _WAYS,
        arguments=_TEXT,
    ),
    Bomb(
        "markdown-links",
        "10^5 link references, each used",
        lambda d: _text(
            d, "".join(f"[{n}]: http://x/{n}\n" for n in range(10**5)) + " ".join(f"[a][{n}]" for n in range(10**5))
        ),
        _WAYS,
        arguments=_TEXT,
    ),
    Bomb("table-columns", "a table of 10^5 columns", lambda d: _text(d, _table(10**5, 2)), _WAYS, arguments=_TEXT),
    Bomb("table-rows", "a table of 10^6 rows", lambda d: _text(d, _table(2, 10**6)), _WAYS, arguments=_TEXT),
    Bomb(
        "table-array",
        "a table logged as an array of 3,000 x 3,000 empty texts",
        lambda d: _tensor(d, np.full((3000, 3000), b"", object), plugins.TEXT),
        _WAYS,
        arguments=_TEXT,
    ),
    Bomb("mesh-claim", "a mesh of 10^8 vertices, one of them there", _mesh_claim, _WAYS),
    Bomb("mesh", "a mesh of 10^6 vertices and 10^6 random faces", lambda d: _mesh(d, 10**6, 10**6), _WAYS),
    Bomb("mesh-points", "a cloud of 5 * 10^6 points", lambda d: _mesh(d, 5 * 10**6, 0), _WAYS),
    Bomb(
        "buckets", "histograms of 10^6 buckets", lambda d: _buckets(d, 10**6), (*_WAYS, "plot"), arguments=_HISTOGRAMS
    ),
    Bomb(
        "thresholds",
        "a PR curve of 10^6 thresholds",
        lambda d: _tensor(d, np.random.default_rng(0).random((6, 10**6)).astype("f4"), plugins.PR_CURVES),
        _WAYS,
    ),
    Bomb(
        "hparams",
        "a session of 10^5 hparams",
        lambda d: _summaries(d, hparams({f"h{n}": float(n) for n in range(10**5)}, ["loss"]), *scalars(9)),
        EVERY,
        arguments=_HPARAMS,
    ),
    Bomb(
        "hparam-long",
        "an hparam of 20 MB",
        lambda d: _summaries(d, hparams({"h": "x" * (20 << 20)}, []), *scalars(9)),
        EVERY,
        arguments=_HPARAMS,
    ),
    Bomb("patterns", "a layout whose patterns never end", _patterns, _WAYS),
    Bomb(
        "graph-nodes",
        "a graph of 10^6 nodes",
        lambda d: _graph(d, (_node(f"a{n % 999}/n{n}", f"a{(n + 1) % 999}/n{n}") for n in range(10**6))),
        _WAYS,
        megabytes=1500,
    ),
    Bomb(
        "graph-flat",
        "a graph of 10^5 nodes in one scope, a ring",
        lambda d: _graph(d, (_node(f"n{n}", f"n{(n + 1) % 10**5}") for n in range(10**5))),
        _WAYS,
    ),
    Bomb(
        "graph-deep",
        "nodes in 10^5 scopes, one in the other",
        lambda d: _graph(d, [_node("s/" * 10**5 + "x"), _node("s/" * 10**5 + "y")]),
        _WAYS,
    ),
    Bomb(
        "graph-dense",
        "2,000 nodes, each with all as inputs",
        lambda d: _graph(d, (_node(f"n{n}", *[f"n{m}" for m in range(2000)]) for n in range(2000))),
        _WAYS,
    ),
    Bomb(
        "keras-nested",
        "a Keras model in a Keras model, 10^5 levels",
        lambda d: _keras(d, '{"class_name":"Sequential","config":{"layers":[' * 10**5),
        _WAYS,
        "nested too deeply",
    ),
    Bomb(
        "keras-digits",
        "a Keras model with a number of 10^6 digits",
        lambda d: _keras(d, json.dumps({"class_name": "Dense", "config": {"units": 0}}).replace("0", "9" * 10**6)),
        _WAYS,
        "Exceeds the limit",
    ),
    Bomb(
        "embedding-wide",
        "a row of 10^7 columns",
        lambda d: _projector(d, b"1\t" * 10**7 + b"1\n"),
        _WAYS,
        "a line of more than 2097152",
    ),
    Bomb(
        "embedding-line",
        "300 MB without a line's end",
        lambda d: _projector(d, b"1" * (300 << 20)),
        _WAYS,
        "more than 268435456 bytes",
        megabytes=700,
    ),
    Bomb(
        "embedding-device",
        "points and metadata that are links to /dev/zero",
        lambda d: _projector(d, "/dev/zero", "/dev/zero"),
        _WAYS,
        "is no file in the config's directory",
    ),
    Bomb("embedding-fifo", "points that are a FIFO", _fifo, _WAYS),
    Bomb(
        "embedding-metadata",
        "metadata of 2 * 10^7 empty fields",
        lambda d: _projector(d, b"1\t2\n" * 9, b"\t" * (2 * 10**7)),
        _WAYS,
        "more than 16777216 fields",
    ),
    Bomb(
        "embedding-sprite",
        "a sprite of 10^10 pixels",
        lambda d: _projector(d, b"1\t2\n" * 9, sprite=png(100_000, 100_000, b"")),
        _WAYS,
        "megapixels",
    ),
)
