"""What programs do with torch's SummaryWriter beyond its calls, from public repositories: it works here, too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tensorboard.compat.proto.summary_pb2 import Summary
from torch.utils.tensorboard import SummaryWriter as TorchWriter
from torch.utils.tensorboard import summary as torch_summary

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import raw_events, summaries
from tests.logging_lib.test_against_torch import normal_form

Program = Callable[[Any, str], object]
PIXELS = np.linspace(0, 1, 24, dtype=np.float32).reshape(2, 3, 2, 2)


def sets_logdir(kind: Any, directory: str) -> object:
    class Logger(kind):  # type: ignore[misc]
        def __init__(self, logdir: str) -> None:
            self.logdir = logdir + "/logs"
            super().__init__(self.logdir + "/run")
            self.log_dir = logdir

    with Logger(directory) as writer:
        writer.add_scalar("x", 1.0, 1)
        writer.add_scalars("m", {"k": 1.0}, 1)
        writer.add_hparams({"lr": 0.1}, {"m": 1.0}, run_name="trial")
        return writer.logdir, writer.get_logdir(), writer.file_writer.get_logdir()


def composes(kind: Any, directory: str) -> object:
    class Logger(kind):  # type: ignore[misc]
        def __init__(self, logdir: str) -> None:
            self.board = kind(logdir)

    logger = Logger(directory)
    logger.board.add_scalar("x", 1.0, 1)
    logger.board.close()
    return None


def overrides_images(kind: Any, directory: str) -> object:
    class Logger(kind):  # type: ignore[misc]
        def add_image(self, tag: str, pixels: Any) -> None:
            super().add_image("mine/" + tag, pixels, 7)

    with Logger(directory) as writer:
        writer.add_image("a", PIXELS[0])
        writer.add_images("b", PIXELS, 2)
        writer.add_image_with_boxes("c", np.zeros((3, 9, 9)), np.array([[1.0, 1, 5, 5]]), 3)


def overrides_layouts(kind: Any, directory: str) -> object:
    class Logger(kind):  # type: ignore[misc]
        def add_custom_scalars(self, tags: Any) -> None:
            super().add_custom_scalars({"all": {"all": ["Multiline", tags]}})

    with Logger(directory) as writer:
        writer.add_custom_scalars({"a": 1}.keys())
        writer.add_custom_scalars_multilinechart(["b"])
        writer.add_custom_scalars_marginchart(["b", "c", "d"])


def has_its_own_add_summary(kind: Any, directory: str) -> object:
    class Logger(kind):  # type: ignore[misc]
        def add_scalar(self, name: str, value: object) -> None:
            super().add_scalar(f"env/{name}", value, 3)

        def add_summary(self, name: str, mean: float) -> None:
            self.add_scalar(name + "/mean", mean)

    with Logger(directory) as writer:
        writer.add_summary("reward", 0.5)
        writer.file_writer.add_summary(Summary(value=[Summary.Value(tag="x", simple_value=0.25)]), 5)


def flushes_all_writers(kind: Any, directory: str) -> object:
    class Logger(kind):  # type: ignore[misc]
        def flush(self) -> None:
            if self.all_writers is not None:
                for writer in self.all_writers.values():
                    writer.flush()

        def close(self) -> None:
            if self.all_writers is not None:
                for writer in self.all_writers.values():
                    writer.flush()
                    writer.close()
                self.file_writer = self.all_writers = None

    writer = Logger(directory)
    writer.add_scalar("x", 1.0, 1)
    writer.flush()
    writer.close()
    writer.close()
    return writer.file_writer


def compares_file_writers(kind: Any, directory: str) -> object:
    with kind(directory) as writer:
        writer.all_writers = {name.upper(): each for name, each in writer.all_writers.items()}
        return writer.file_writer is writer._get_file_writer() is next(iter(writer.all_writers.values()))


def sets_default_bins(kind: Any, directory: str) -> object:
    with kind(directory) as writer:
        writer.default_bins = 9
        writer.add_histogram("h", np.arange(20.0), 1)
        writer.add_histogram("h", np.arange(20.0), 2, bins=[0.0, 10.0, 20.0])
        return writer.default_bins


def logs_numbers_as_text(kind: Any, directory: str) -> object:
    with kind(directory) as writer:
        writer.add_scalar("x", f"{0.123456:.3f}", 1)
        writer.add_scalar("y", np.str_("2.5"), 1, new_style=True)
        writer.add_scalars("m", {"k": "1e-3"}, 1)
        writer.add_hparams({"lr": "0.1"}, {"m": "0.5"}, run_name="trial")


PROGRAMS: dict[str, Program] = {
    program.__name__: program
    for program in (
        sets_logdir,
        composes,
        overrides_images,
        overrides_layouts,
        has_its_own_add_summary,
        flushes_all_writers,
        compares_file_writers,
        sets_default_bins,
        logs_numbers_as_text,
    )
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_write_and_return_the_same(tmp_path: Path, name: str) -> None:
    done = {}
    for kind in (SummaryWriter, TorchWriter):
        directory = tmp_path / kind.__module__
        returned = str(PROGRAMS[name](kind, str(directory))).replace(str(directory), "DIRECTORY")
        runs = sorted({path.parent for path in directory.rglob("*tfevents*")})
        done[kind] = (
            returned,
            {str(run.relative_to(directory)): list(map(normal_form, raw_events(run))) for run in runs},
        )
    assert done[SummaryWriter] == done[TorchWriter]
    assert done[SummaryWriter][1]


def test_a_file_writer_that_was_set_to_none_is_made_again(tmp_path: Path) -> None:
    """As torch's `close` sets it, and subclasses that bring their own."""
    writer: Any = SummaryWriter(tmp_path)
    writer.file_writer = writer.all_writers = None
    writer._get_file_writer().add_summary(torch_summary.scalar("x", 0.5), 1)
    writer.close()
    assert summaries(tmp_path)[0].summary.value[0].tag == "x"


@pytest.mark.parametrize("text", ["", "loss", "0.5 %"])
def test_other_text_is_no_number(tmp_path: Path, text: str) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(ValueError, match=f"^tag 'x': .*{text!r}"):
        writer.add_scalar("x", text, 1)
    assert len(raw_events(tmp_path)) == 1


@pytest.mark.parametrize("url", ["s3://bucket/runs", "gs://bucket/runs", "hdfs://host/runs"])
def test_urls_are_no_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """torch's writer hands some of them to fsspec; a directory `s3:` on the disk is what nobody wants."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=f"local directories only, not to {url}"):
        SummaryWriter(url)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:The .grad attribute")  # the compiler's own, which it hides where it is no error
def test_logging_inside_compiled_functions(tmp_path: Path) -> None:
    """The compiler does not trace the writer: it would warn, fetch numbers by itself, or fail."""
    writer = SummaryWriter(tmp_path)
    model = torch.nn.Linear(3, 2)

    @torch.compile(backend="eager")
    def step(inputs: torch.Tensor, number: int) -> torch.Tensor:
        loss = model(inputs).sum()
        writer.add_scalar("loss", loss, number)
        writer.add_scalar("number", float(number), number)
        writer.add_scalars("losses", {"one": loss}, number)
        writer.add_histogram("inputs", inputs, number)
        writer.file_writer.flush()
        result: torch.Tensor = loss * 2
        return result

    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    losses = [step(torch.full((1, 3), float(number)), number).item() / 2 for number in range(20)]
    breaks = " ".join(torch._dynamo.utils.counters["graph_break"])
    torch._dynamo.reset()
    writer.close()
    values = [event.summary.value[0] for event in summaries(tmp_path)]
    assert [value.simple_value for value in values if value.tag == "loss"] == pytest.approx(losses)
    assert [value.simple_value for value in values if value.tag == "number"] == list(range(20))
    assert len(summaries(tmp_path / "losses_one")) == len([value for value in values if value.tag == "inputs"]) == 20
    assert "add_scalar" in breaks
    assert "Tensor.item" not in breaks
    assert "time.time" not in breaks
