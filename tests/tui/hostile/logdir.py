"""A log directory in which every name, and everything that is written in a file, is hostile."""

from __future__ import annotations

import json
import os
from pathlib import Path

from logging_lib.tfevents.proto import projector_pb2
from tests import builders
from tests.tui.app.embeddings import points, tsv
from tests.tui.hostile.events import hostile_events
from tests.tui.hostile.texts import Marks
from tests.tui.reader.peers.logs import history, run


def hostile_logdir(parent: Path, marks: Marks) -> Path:
    """The directory, in a new one: two runs of everything, one of each other tool, damaged files of all kinds."""
    logdir = parent / os.fsdecode(marks.name("logdir"))
    for number, name in enumerate(("run", "second run")):
        directory = logdir / os.fsdecode(marks.name(name))
        file = builders.write(
            directory / _event_file(marks, f"event file of the {name}"), hostile_events(marks, shift=number)
        )
        _projector(directory, marks)
    with file.open("ab") as stream:
        stream.write(b"\x1b[2J damage \x9b" * 8)
    bad = marks.name("directory that is a damaged file").decode("utf-8", "surrogateescape")
    builders.write(
        logdir / bad / _event_file(marks, "damaged file"), [builders.scalar_event("a", 1, 2.0), b"\x1b[2J\xff"]
    )
    _peers(logdir, marks)
    return logdir


def _event_file(marks: Marks, field: str) -> str:
    return "events.out.tfevents.1700000000." + os.fsdecode(marks.name(field)) + ".1.0"


def _projector(directory: Path, marks: Marks) -> None:
    (directory / "words.tsv").write_text(tsv(points()))
    rows = [[marks.text("metadata column"), "kind", "size"]]
    rows += [
        [marks.text("metadata label") + str(at), marks.text(f"metadata category {at % 2}"), str(at)] for at in range(24)
    ]
    lines = ["\t".join("".join(part for part in cell if part not in "\t\n\r") for cell in row) for row in rows]
    (directory / "words_metadata.tsv").write_bytes(("\n".join(lines) + "\n").encode())
    config = projector_pb2.ProjectorConfig(model_checkpoint_path=marks.text("model checkpoint"))
    config.embeddings.add(
        tensor_name=marks.text("embedding name"), tensor_path="words.tsv", metadata_path="words_metadata.tsv",
        bookmarks_path=marks.text("bookmarks path"),
    ).sprite.image_path = marks.text("sprite path")  # fmt: skip
    config.embeddings.add(tensor_name="gone", tensor_path="../" + marks.text("refused path"))
    config.embeddings.add(
        tensor_name=marks.text("embedding of a missing file"), tensor_path=marks.short("missing tensors")
    )
    (directory / "projector_config.pbtxt").write_text(str(config))


def _peers(logdir: Path, marks: Marks) -> None:
    def directory(field: str) -> Path:
        path = logdir / os.fsdecode(marks.name(field))
        path.mkdir(parents=True)
        return path

    def cell(field: str) -> str:
        return '"' + marks.text(field).replace('"', "").replace("\n", "") + '"'

    csv = directory("directory of CSV")
    lines = [f"step,{cell('CSV column')},loss", f"0,{cell('CSV cell')},1", "1,2,3"]
    (csv / "metrics.csv").write_bytes("\n".join(lines).encode())
    (csv / "hparams.yaml").write_bytes(
        f"{json.dumps(marks.text('YAML name'))}: {json.dumps(marks.text('YAML value'))}\n".encode()
    )
    rows = [
        {"step": step, marks.text("JSON lines name"): step, "said": marks.text("JSON lines text")} for step in (0, 1)
    ]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (directory("directory of JSON lines") / "metrics.jsonl").write_bytes(text.encode() + b"\n{\x1b[2J\x9b\n")
    state = {
        "log_history": [{"step": 1, marks.text("Trainer metric"): 1}],
        "best_model_checkpoint": marks.text("Trainer checkpoint"),
    }
    (directory("directory of a Trainer") / "trainer_state.json").write_text(json.dumps(state))
    logged = history(1, {marks.text("wandb metric"): 3.0, "said": marks.text("wandb text")})
    start = run(
        {marks.text("wandb config"): marks.text("wandb value")}, marks.text("wandb run"), marks.text("wandb group")
    )
    from tests.tui.reader.peers.logs import frames

    (directory("directory of wandb") / "run-1.wandb").write_bytes(frames([start, logged]))
    mlflow = directory("directory of MLflow")
    for name in ("metrics", "params"):
        (mlflow / name).mkdir()
    said = f"run_id: ab\nstatus: 1\nrun_name: {json.dumps(marks.text('MLflow run'))}\n"
    (mlflow / "meta.yaml").write_text(said)
    (mlflow / "params" / os.fsdecode(marks.name("MLflow param"))).write_bytes(marks.text("MLflow value").encode())
    metric = mlflow / "metrics" / os.fsdecode(marks.name("MLflow metric"))
    metric.write_bytes(b"1700000000000 0.125 7\n\x1b[2J x\n")
