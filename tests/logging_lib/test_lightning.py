"""The same training with our logger and with Lightning's gives the same files."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import os
import pickle
import subprocess
import sys
from abc import ABC
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from tensorboard.compat.proto.event_pb2 import Event
from torch.utils.data import DataLoader, TensorDataset

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import event_paths, raw_events, summaries
from tests.logging_lib.graph_models import logged_graph
from tests.logging_lib.test_against_torch import normal_form

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:(pytorch_)?lightning.*"),
    pytest.mark.filterwarnings("ignore::FutureWarning:(pytorch_)?lightning.*"),
    pytest.mark.filterwarnings("ignore:.*does not have many workers:UserWarning"),
]


class Both:
    """Our logger and Lightning's; loaded by the tests that need them, because it takes seconds."""

    def __init__(self) -> None:
        self.package = importlib.import_module("lightning.pytorch")
        self.module = importlib.import_module("logging_lib.lightning")
        self.ours = self.module.TensorBoardLogger
        self.theirs = importlib.import_module("lightning.pytorch.loggers").TensorBoardLogger
        self.rank_zero_only = importlib.import_module("lightning.pytorch.utilities").rank_zero_only

    def model(self, package: Any = None) -> Any:
        """A line, fitted; with hyperparameters of several kinds."""

        class Line((package or self.package).LightningModule):  # type: ignore[misc, name-defined]
            def __init__(self, width: int = 4, optimizer: Any = None, loss: str = "square") -> None:
                super().__init__()
                self.save_hyperparameters()
                torch.manual_seed(0)
                self.layer = torch.nn.Linear(width, 1)
                self.example_input_array = torch.ones(2, width)

            def forward(self, inputs: torch.Tensor) -> torch.Tensor:
                return self.layer(inputs)

            def training_step(self, batch: list[torch.Tensor], index: int) -> torch.Tensor:
                loss = self(batch[0]).square().mean()
                self.log_dict({"train/loss": loss, "index": index})
                return loss

            def validation_step(self, batch: list[torch.Tensor], index: int) -> None:
                self.log("val/mean", self(batch[0]).mean())

            def configure_optimizers(self) -> torch.optim.Optimizer:
                return torch.optim.SGD(self.parameters(), 0.01)

        return Line(optimizer={"name": "sgd", "steps": [1, 2], "betas": {"first": 0.9}})

    def trained(self, logger: Any, package: Any = None) -> Any:
        """The trainer, of `lightning.pytorch` or another package, after two epochs of three steps."""
        data = DataLoader(TensorDataset(torch.arange(24.0).reshape(6, 4) / 24), batch_size=2)
        trainer = (package or self.package).Trainer(
            accelerator="cpu",
            enable_checkpointing=False,
            enable_model_summary=False,
            enable_progress_bar=False,
            log_every_n_steps=1,
            logger=logger,
            max_epochs=2,
        )
        trainer.fit(self.model(package), data, data)
        return trainer


@pytest.fixture(scope="module")
def both() -> Both:
    return Both()


def stored(run: str) -> list[Event]:
    return [normal_form(event) for event in raw_events(Path(run))]


def test_same_training(both: Both, tmp_path: Path) -> None:
    ours, theirs = (both.trained(logger(tmp_path / logger.__module__)) for logger in (both.ours, both.theirs))
    assert Path(ours.log_dir) == tmp_path / "logging_lib.lightning" / "lightning_logs" / "version_0"
    assert Path(ours.log_dir).relative_to(ours.logger.save_dir) == Path(theirs.log_dir).relative_to(
        theirs.logger.save_dir
    )
    assert stored(ours.log_dir) == stored(theirs.log_dir)
    tags = {value.tag for event in summaries(Path(ours.log_dir)) for value in event.summary.value}
    assert {"train/loss", "val/mean", "epoch", "hp_metric", "_hparams_/session_start_info"} <= tags
    files = [Path(trainer.log_dir, "hparams.yaml").read_text() for trainer in (ours, theirs)]
    assert files[0] == files[1]
    assert "betas:" in files[0]


def test_same_graph(both: Both, tmp_path: Path) -> None:
    operations = []
    for kind in (both.ours, both.theirs):
        logger = kind(tmp_path / kind.__module__, log_graph=True)
        logger.log_graph(both.model())
        logger.finalize("success")
        operations.append([node.op for node in logged_graph(Path(logger.log_dir)).node])
    assert operations[0] == operations[1]
    assert "aten::linear" in operations[0]


def test_no_graph_unless_asked(both: Both, tmp_path: Path) -> None:
    logger = both.ours(tmp_path)
    logger.log_graph(both.model())
    assert not list(tmp_path.iterdir())


@dataclasses.dataclass
class Data:
    size: int = 3


CALLS: dict[str, Callable[[Any], None]] = {
    "metrics": lambda logger: logger.log_metrics({"a/b": 1.5, "c": torch.tensor(2)}, 3),
    "metrics without step": lambda logger: logger.log_metrics({"a": 1}),
    "dict of metrics": lambda logger: logger.log_metrics({"a": {"x": 1.0, "y": torch.tensor(2.0)}}, 3),
    "namespace": lambda logger: logger.log_hyperparams(Namespace(lr=0.1, inner=Namespace(n=2))),
    "dataclass, list of dicts": lambda logger: logger.log_hyperparams({"d": Data(), "l": [{"a": 1}, {"a": 2}]}),
    "what is no number": lambda logger: logger.log_hyperparams({"f": len, "n": None, "p": Path("x"), "l": [1, 2]}),
    "arrays": lambda logger: logger.log_hyperparams({"one": torch.tensor([2.5]), "matrix": torch.eye(2)}),
    "one metric": lambda logger: logger.log_hyperparams({"lr": 1}, 0.5),
    "metrics of hparams": lambda logger: logger.log_hyperparams({"lr": 1}, {"m": 0.5, "n": torch.tensor(1.0)}, 7),
    "no metrics of hparams": lambda logger: logger.log_hyperparams({"lr": 1}, {}),
    "no hparams": lambda logger: logger.log_hyperparams({}),
    "twice": lambda logger: [logger.log_hyperparams({"a": 1}), logger.log_hyperparams({"b": 2})],
}


@pytest.mark.parametrize("options", [{}, {"prefix": "p", "default_hp_metric": False}], ids=["", "options"])
@pytest.mark.parametrize("name", CALLS)
def test_same_calls(both: Both, tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    written = []
    for kind in (both.ours, both.theirs):
        save_dir = tmp_path / kind.__module__
        logger = kind(save_dir, **options)
        CALLS[name](logger)
        logger.save()
        logger.finalize("success")
        runs = {path.parent.relative_to(save_dir): stored(str(path.parent)) for path in save_dir.rglob("*tfevents*")}
        text = Path(logger.log_dir, "hparams.yaml").read_text()
        written.append((runs, "" if "!!binary" in text else text))  # a tensor's has its address in memory
    assert written[0] == written[1]


def test_bool_hparams_and_tensors_of_many(both: Both, tmp_path: Path) -> None:
    """Lightning's stores a bool as the number 1, of a tensor its first number, and fails for one without dimensions."""
    from tensorboard.plugins.hparams import plugin_data_pb2

    logger = both.ours(tmp_path)
    logger.log_hyperparams({"amp": True, "betas": torch.tensor([0.5, 1.0]), "lr": torch.tensor(0.5)})
    logger.finalize("success")
    contents = [event.summary.value[0].metadata.plugin_data.content for event in summaries(Path(logger.log_dir))]
    start = plugin_data_pb2.HParamsPluginData.FromString(contents[2]).session_start_info
    assert start.hparams["amp"].bool_value is True
    assert start.hparams["betas"].string_value == "tensor([0.5000, 1.0000])"
    assert start.hparams["lr"].number_value == 0.5


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"name": "mine"},
        {"name": ""},
        {"name": None, "version": "a/b"},
        {"version": 7},
        {"version": "second", "sub_dir": "rank"},
        {"sub_dir": Path("x")},
        {"sub_dir": "$PART/y"},
    ],
    ids=str,
)
def test_same_directories(both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]) -> None:
    monkeypatch.setenv("PART", "expanded")
    for existing in ("lightning_logs/version_3", "mine/version_0", "version_11"):
        (tmp_path / existing).mkdir(parents=True)
    ours, theirs = (kind(tmp_path, **options) for kind in (both.ours, both.theirs))
    for attribute in ("log_dir", "root_dir", "save_dir", "sub_dir", "name", "version"):
        assert getattr(ours, attribute) == getattr(theirs, attribute), attribute
    ours.log_metrics({"a": 1})
    ours.finalize("failed")
    assert len(event_paths(Path(ours.log_dir))) == 1
    assert not Path(ours.log_dir, "hparams.yaml").exists()  # as Lightning's, unless it went well


def test_options_go_to_the_writer(both: Both, tmp_path: Path) -> None:
    logger = both.ours(tmp_path, flush_secs=3, filename_suffix=".x")
    assert isinstance(logger.experiment, SummaryWriter)
    assert logger.experiment is logger.experiment
    assert logger.experiment.flush_secs == 3
    assert event_paths(Path(logger.log_dir))[0].suffix == ".x"
    logger.finalize("success")


def test_save_does_not_wait(both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trainer saves after each log_metrics."""
    logger = both.ours(tmp_path)
    flushed: list[None] = []
    monkeypatch.setattr(logger.experiment, "flush", lambda: flushed.append(None))
    logger.log_metrics({"a": 1.0}, 1)
    logger.log_hyperparams({"lr": 0.1})
    logger.save()
    logger.log_hyperparams({"lr": 0.2})
    logger.save()
    assert not flushed
    assert Path(logger.log_dir, "hparams.yaml").read_text() == "lr: 0.1\n"
    logger.finalize("success")
    assert [event.summary.value[0].tag for event in summaries(Path(logger.log_dir))][:2] == ["a", "hp_metric"]


def test_a_resumed_run_keeps_its_hparams_file(both: Both, tmp_path: Path) -> None:
    """As Lightning's does."""
    for kind, rate in ((both.ours, 0.1), (both.ours, 0.2), (both.theirs, 0.3)):
        logger = kind(tmp_path, version="resumed")
        logger.log_hyperparams({"lr": rate})
        logger.finalize("success")
        assert Path(logger.log_dir, "hparams.yaml").read_text() == "lr: 0.1\n"


@pytest.mark.parametrize("value", ["high", [1.0, 2.0], None])
def test_bad_metrics_are_named(both: Both, tmp_path: Path, value: object) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^tag 'acc': "):
        both.ours(tmp_path).log_metrics({"acc": value})


def test_urls_are_refused(both: Both) -> None:
    with pytest.raises(ValueError, match=r"^event files are written to local directories only, not to s3://bucket/x$"):
        both.ours("s3://bucket/x")


def test_other_ranks_write_nothing(both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(both.rank_zero_only, "rank", 1)
    logger = both.ours(tmp_path, log_graph=True)
    logger.experiment.add_scalar("a", 1.0)
    logger.log_metrics({"a": 1.0})
    logger.log_hyperparams({"lr": 0.1})
    logger.log_graph(both.model())
    logger.save()
    logger.finalize("success")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda logger: pickle.loads(pickle.dumps(logger))])
def test_copies_log_to_the_same_run(both: Both, tmp_path: Path, copied: Callable[[Any], Any]) -> None:
    """As for the processes that ddp_spawn starts, and what Ray and tuners copy."""
    logger = both.ours(tmp_path, name="x", flush_secs=3)
    logger.log_metrics({"a": 1.0})
    other = copied(logger)
    other.log_metrics({"a": 2.0})
    assert other.experiment is not logger.experiment
    assert other.experiment.flush_secs == 3
    for one in (logger, other):
        one.finalize("success")
    assert other.log_dir == logger.log_dir == os.fspath(tmp_path / "x" / "version_0")
    assert sorted(event.summary.value[0].simple_value for event in summaries(Path(logger.log_dir))) == [1.0, 2.0]


def test_needs_no_tensorboard(both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = importlib.import_module("lightning.fabric.loggers.tensorboard")
    for check in ("_TENSORBOARD_AVAILABLE", "_TENSORBOARDX_AVAILABLE"):
        monkeypatch.setattr(checks, check, False)
    monkeypatch.setattr(
        importlib.import_module("lightning.pytorch.loggers.tensorboard"), "_TENSORBOARD_AVAILABLE", False
    )
    for module in ("tensorboard", "tensorboardX", "torch.utils.tensorboard"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModuleNotFoundError, match="Neither `tensorboard` nor `tensorboardX` is available"):
        both.theirs(tmp_path)
    trainer = both.trained(both.ours(tmp_path, log_graph=True))
    assert checks._TENSORBOARD_AVAILABLE is False
    assert Path(trainer.log_dir, "hparams.yaml").exists()
    monkeypatch.undo()
    assert any(event.HasField("graph_def") for event in raw_events(Path(trainer.log_dir)))


def test_trainer_of_the_other_package(both: Both, tmp_path: Path) -> None:
    """`lightning` brings it along: a job may import it after our logger, which is one of `lightning` by then."""
    package = pytest.importorskip("pytorch_lightning")
    trainer = both.trained(both.ours(tmp_path), package)
    assert trainer.log_dir == os.fspath(tmp_path / "lightning_logs" / "version_0")
    assert stored(trainer.log_dir) == stored(both.trained(both.theirs(tmp_path)).log_dir)


class TheirLogger(ABC):  # noqa: B024  # as Lightning's: its abstract methods do not matter here
    """The TensorBoardLogger of the package that the job does not log with."""


@pytest.fixture
def other_package(monkeypatch: pytest.MonkeyPatch) -> type[TheirLogger]:
    """The second of Lightning's packages, imported."""
    package, loggers = ModuleType("pytorch_lightning"), ModuleType("pytorch_lightning.loggers")
    loggers.TensorBoardLogger = TheirLogger  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pytorch_lightning", package)
    monkeypatch.setitem(sys.modules, "pytorch_lightning.loggers", loggers)
    return TheirLogger


def test_is_a_logger_for_both_packages(both: Both, tmp_path: Path, other_package: type[TheirLogger]) -> None:
    """Trainer.log_dir asks for it."""
    logger = both.ours(tmp_path)
    assert isinstance(logger, other_package)
    assert isinstance(logger, both.theirs)


def test_prefers_the_package_in_use(
    both: Both, other_package: type[TheirLogger], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert both.module._imported() == "lightning.pytorch"
    monkeypatch.delitem(sys.modules, "lightning.pytorch")
    assert both.module._imported() == "pytorch_lightning"


def test_without_lightning() -> None:
    code = (
        "import sys; sys.modules['lightning'] = sys.modules['pytorch_lightning'] = None\n"
        "try: import logging_lib.lightning\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    expected = "logging_lib.lightning needs lightning or pytorch_lightning: pip install lightning\n"
    assert (done.stdout, done.stderr) == (expected, "")
