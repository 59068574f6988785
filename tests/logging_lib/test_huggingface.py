"""One training with our callback and with transformers' gives the same texts and numbers."""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import event_paths, raw_events, summaries
from tests.logging_lib.test_against_torch import normal_form

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:transformers.*"),
    pytest.mark.filterwarnings("ignore::FutureWarning:transformers.*"),
    pytest.mark.filterwarnings("ignore:.*pin_memory.*:UserWarning"),
]


class Line(torch.nn.Module):
    """A line, fitted; with a configuration, as models of the hub have."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.config = config
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, x: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
        output = self.layer(x)
        return {"loss": (output - labels).square().mean(), "logits": output}


class Both:
    """Our callback and transformers'; loaded by the tests that need them, because it takes seconds."""

    def __init__(self) -> None:
        self.transformers = importlib.import_module("transformers")
        self.utils = importlib.import_module("transformers.integrations.integration_utils")
        self.ours = importlib.import_module("logging_lib.huggingface").TensorBoardCallback
        self.theirs = importlib.import_module("transformers.integrations").TensorBoardCallback

    def arguments(self, output: Path) -> Any:
        return self.transformers.TrainingArguments(
            str(output),
            disable_tqdm=True,
            eval_strategy="epoch",
            logging_steps=1,
            num_train_epochs=2,
            per_device_train_batch_size=2,
            report_to="none",
            save_strategy="no",
            use_cpu=True,
        )

    def train(self, output: Path, callbacks: list[Any]) -> Any:
        """The trainer, after two epochs of two steps."""
        data = [{"x": torch.tensor([i / 4]), "labels": torch.tensor([i / 2])} for i in range(4)]
        model = Line(self.transformers.PretrainedConfig(hidden_size=8))
        trainer = self.transformers.Trainer(
            model, self.arguments(output), train_dataset=data, eval_dataset=data, callbacks=callbacks
        )
        trainer.train()
        return trainer


@pytest.fixture(scope="module")
def both() -> Both:
    return Both()


def tags(directory: Path) -> set[str]:
    return {value.tag for event in summaries(directory) for value in event.summary.value}


def test_same_training(both: Both, tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    callbacks = [both.ours(SummaryWriter(ours)), both.theirs(TorchWriter(str(theirs)))]
    both.train(tmp_path / "out", callbacks)
    ours_written, theirs_written = ([normal_form(event) for event in raw_events(run)] for run in (ours, theirs))
    assert ours_written == theirs_written
    assert {"args/text_summary", "model_config/text_summary", "train/loss", "eval/loss"} <= tags(ours)
    losses = [event.step for event in summaries(ours) if event.summary.value[0].tag == "train/loss"]
    assert losses == [1, 2, 3, 4]
    assert callbacks[0].tb_writer is None  # closed


def test_directory_of_the_environment(both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", "~/logs")
    both.train(tmp_path / "out", [both.ours()])
    assert len(event_paths(tmp_path / "logs")) == 1
    assert "train/loss" in tags(tmp_path / "logs")


def test_default_directory(both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENSORBOARD_LOGGING_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(both.utils, "default_logdir", lambda: "runs/now")
    both.train(tmp_path / "out", [both.ours()])
    (path,) = tmp_path.rglob("*tfevents*")
    assert path.parent == tmp_path / "out" / "runs" / "now"


def logged(callback: Any, values: dict[str, object], first: bool = True) -> None:
    state = SimpleNamespace(is_world_process_zero=first, is_hyper_param_search=False, global_step=7)
    arguments = SimpleNamespace(to_json_string=lambda: "{}", output_dir="out")
    callback.on_train_begin(arguments, state, None)
    callback.on_log(arguments, state, None, logs=values)
    callback.on_train_end(arguments, state, None)


def test_what_is_no_number_is_dropped(
    both: Both, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.getLogger("transformers")
    monkeypatch.setattr(logger, "propagate", False)  # transformers propagates where CI is set
    logger.addHandler(caplog.handler)
    try:
        logged(both.ours(SummaryWriter(tmp_path)), {"loss": 0.5, "list": [1], "test_n": 2, "note": "words"})
    finally:
        logger.removeHandler(caplog.handler)
    assert tags(tmp_path) == {"args/text_summary", "train/loss", "test/n", "train/note/text_summary"}
    (message,) = caplog.messages
    assert 'Trainer is attempting to log a value of "[1]" of type <class \'list\'> for key "train/list"' in message


def test_other_processes_write_nothing(both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    logged(both.ours(), {"loss": 0.5}, first=False)
    assert not list(tmp_path.iterdir())


def test_needs_no_tensorboard(both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(both.utils, "is_tensorboard_available", lambda: False)
    for module in ("tensorboard", "tensorboardX", "torch.utils.tensorboard"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(RuntimeError, match="TensorBoardCallback requires tensorboard"):
        both.theirs()
    trainer = both.train(tmp_path / "out", [both.ours(SummaryWriter(tmp_path / "run"))])
    assert trainer.pop_callback(both.theirs) is not None  # is one of theirs, to those who ask
    monkeypatch.undo()
    assert "train/loss" in tags(tmp_path / "run")
