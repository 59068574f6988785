"""Sessions as the writers of frameworks lay them out: torch, tensorboardX, Lightning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.analysis.hparams.snapshots import table, values
from tui.analysis.hparams.judging import judge_of
from tui.analysis.hparams.sessions import sessions_of
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir
from tui.store.snapshot import StoreSnapshot


def read(logdir: Path) -> StoreSnapshot:
    return Ingester([LogDir("", logdir)]).read_all()


@pytest.mark.parametrize("module", ["torch.utils.tensorboard", "tensorboardX"])
def test_add_hparams(tmp_path: Path, module: str) -> None:
    """Each call makes a run below the training's: the session goes by the training's name, and has its curves."""
    writers = pytest.importorskip(module)
    for name, lr in (("a", 0.1), ("b", 0.2)):
        with writers.SummaryWriter(str(tmp_path / name)) as writer:
            for step in range(3):
                writer.add_scalar("loss", lr * step, step)
            writer.add_hparams({"lr": lr, "opt": "adam", "amp": True}, {"score": lr + 1})
    found = read(tmp_path)
    first, second = sessions_of(found).rows
    assert [(one.name, one.group, one.status) for one in (first, second)] == [
        ("a", "a", "SUCCESS"),
        ("b", "b", "SUCCESS"),
    ]
    assert first.run.startswith("a/") and first.runs == ("a", first.run)
    frame = table(found)
    assert [values(frame, name) for name in ("run", "lr", "opt")] == [["a", "b"], [0.1, 0.2], ["adam", "adam"]]
    # torch logs flags as numbers.
    assert values(frame, "amp") == [1, 1]
    assert values(frame, "score") == pytest.approx([1.1, 1.2])
    assert values(frame, "loss") == pytest.approx([0.2, 0.4])
    assert [column.extra for column in frame.metrics] == [False, True]


def test_lightning(tmp_path: Path) -> None:
    loggers = pytest.importorskip("lightning.pytorch.loggers")
    for lr in (0.1, 0.2):
        logger = loggers.TensorBoardLogger(str(tmp_path), name="mlp")
        logger.log_hyperparams({"lr": lr, "layers": [8, 8], "net": {"act": "relu"}})
        for step in range(3):
            logger.log_metrics({"train_loss": lr, "val_loss": lr / (step + 1)}, step)
        logger.finalize("success")
    found = read(tmp_path)
    assert [(one.name, one.run) for one in sessions_of(found).rows] == [(f"mlp/version_{n}",) * 2 for n in range(2)]
    frame = table(found)
    assert values(frame, "lr") == [0.1, 0.2]
    assert (values(frame, "layers"), values(frame, "net/act")) == (["[8, 8]"] * 2, ["relu"] * 2)
    assert values(frame, "val_loss") == pytest.approx([0.1 / 3, 0.2 / 3])
    # Not by its placeholder, which is -1 everywhere, and not by what was trained on.
    judge, goal = judge_of(frame)
    assert judge is not None and (judge.name, goal) == ("val_loss", "min")
