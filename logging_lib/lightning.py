"""PyTorch Lightning's TensorBoardLogger, on this package's SummaryWriter: only the import changes.

    from lightning.pytorch import Trainer
    from logging_lib.lightning import TensorBoardLogger

    trainer = Trainer(logger=TensorBoardLogger("tb_logs", name="resnet50"))
    trainer.fit(model)

Neither tensorboard nor tensorboardX need be installed. Both of Lightning's packages, `lightning` and
`pytorch_lightning`, are served: the base class is that of the one which is imported already, else of the first that is
installed.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, SupportsInt, TypeVar

from logging_lib.writer import SummaryWriter

_PACKAGES = {"lightning.pytorch": "lightning.fabric", "pytorch_lightning": "lightning_fabric"}

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _imported() -> str:
    """The name of Lightning's package, imported.

    Raises:
        ImportError: none is installed.
    """
    for name in sorted(_PACKAGES, key=lambda name: name not in sys.modules):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name not in (name, name.partition(".")[0]):
                raise
        else:
            return name
    raise ImportError("logging_lib.lightning needs lightning or pytorch_lightning: pip install lightning")


def _module(path: str) -> Any:
    return importlib.import_module(path)


_package = _imported()
_fabric = _PACKAGES[_package]
_Base: Any = _module(f"{_package}.loggers").TensorBoardLogger
_checks = _module(f"{_fabric}.loggers.tensorboard")
_params = _module(f"{_fabric}.utilities.logger")
_save_hparams: Callable[[str, object], None] = _module(f"{_package}.core.saving").save_hparams_to_yaml
_rank_zero_only: Callable[[_Function], _Function] = _module(f"{_package}.utilities").rank_zero_only
_rank_zero_experiment: Callable[[_Function], _Function] = _module(f"{_package}.loggers.logger").rank_zero_experiment


class TensorBoardLogger(_Base):  # type: ignore[misc]  # of the package in use, known at run time
    """Lightning's TensorBoardLogger: the same directories, tags and hyperparameters, for less of the training's time.

    The trainer's calls queue what they log, and wait for nothing. Unlike Lightning's, it writes to local directories
    only, and `save` does not wait until what was logged is in the file: it is, `flush_secs` later, and all of it when
    the training ends.
    """

    def __init__(
        self,
        save_dir: str | os.PathLike[str],
        name: str | None = "lightning_logs",
        version: int | str | None = None,
        log_graph: bool = False,
        default_hp_metric: bool = True,
        prefix: str = "",
        sub_dir: str | os.PathLike[str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Log to `<save_dir>/<name>/<version>/<sub_dir>`. Nothing is created yet.

        Args:
            save_dir: the directory of all experiments, a local one.
            name: the experiment; no directory of its own where it is empty or None.
            version: the run's directory, or its number in `version_<number>`; the next free number where None.
            log_graph: log the model's graph, of a module that has `example_input_array`.
            default_hp_metric: log -1 as `hp_metric` with hyperparameters that come without metrics.
            prefix: begins the tags of all metrics, with a `-` behind it.
            sub_dir: the directory within the run's.
            kwargs: further options of SummaryWriter.

        Raises:
            ValueError: `save_dir` is a URL.
        """
        if "://" in os.fspath(save_dir):
            raise ValueError(f"event files are written to local directories only, not to {os.fspath(save_dir)}")
        with _without_tensorboard():
            super().__init__(save_dir, name, version, False, default_hp_metric, prefix, sub_dir, **kwargs)
        self._log_graph = log_graph
        self._saved_hparams = False
        _join_other_packages()

    @property
    @_rank_zero_experiment
    def experiment(self) -> SummaryWriter:
        """The run's writer, made when it is first asked for; on ranks other than 0 what does nothing on any call."""
        if self._experiment is None:
            self._experiment: SummaryWriter | None = SummaryWriter(self.log_dir, **self._kwargs)
        return self._experiment

    @_rank_zero_only
    def log_metrics(self, metrics: Mapping[str, object], step: SupportsInt | None = None) -> None:
        """Log one number a tag; a dict of numbers is logged by add_scalars.

        Raises:
            TypeError, ValueError: something else; the message names the tag.
        """
        for name, value in metrics.items():
            tag = f"{self._prefix}{self.LOGGER_JOIN_CHAR}{name}" if self._prefix else name
            if isinstance(value, dict):
                self.experiment.add_scalars(tag, value, step)
            else:
                self.experiment.add_scalar(tag, value, step)

    @_rank_zero_only
    def log_hyperparams(self, params: Any, metrics: Any = None, step: SupportsInt | None = None) -> None:
        """Log the hyperparameters in the run's own file, and keep them for `hparams.yaml`.

        Args:
            params: a dict, a Namespace or what else is like a dict; nested ones get names such as `optimizer/lr`.
                What is neither bool, number nor str is logged as text.
            metrics: a number a tag, or one number: the `hp_metric`.
            step: of the metrics.
        """
        super().log_hyperparams(params, metrics={})  # without metrics, Lightning's only keeps them
        if metrics is None:
            metrics = {"hp_metric": -1} if self._default_hp_metric else {}
        elif not isinstance(metrics, dict):
            metrics = {"hp_metric": metrics}
        if metrics:
            self.log_metrics(metrics, step)
            self._log_session(params, metrics, step)

    @_rank_zero_only
    def save(self) -> None:
        """Write `hparams.yaml`, once. The trainer calls this after each log_metrics, so it does not flush."""
        if self._saved_hparams:
            return
        writer: SummaryWriter = self.experiment
        path = Path(writer.get_logdir(), self.NAME_HPARAMS_FILE)
        if not path.exists():
            _save_hparams(str(path), self.hparams)
        self._saved_hparams = True

    def _log_session(self, params: Any, metrics: Mapping[str, object], step: SupportsInt | None) -> None:
        from logging_lib.summary.hparams import hparams

        flat = self._sanitize_params(_params._flatten_dict(_params._convert_params(params)))
        values = {name: value if _is_one(value) else str(value) for name, value in flat.items()}
        for summary in hparams(values, metrics):
            self.experiment.add_summary(summary, step)


def _is_one(value: Any) -> bool:
    """Whether it is no tensor of many elements; what else there could be, Lightning has made a str of."""
    return not hasattr(value, "numel") or bool(value.numel() == 1)


_patching = threading.Lock()


@contextmanager
def _without_tensorboard() -> Iterator[None]:
    """Keep Lightning's constructor from raising where there is no tensorboard package, which this one does not use."""
    with _patching:
        found = _checks._TENSORBOARD_AVAILABLE
        _checks._TENSORBOARD_AVAILABLE = True
        try:
            yield
        finally:
            _checks._TENSORBOARD_AVAILABLE = found


def _join_other_packages() -> None:
    """Be a TensorBoardLogger for the other package's trainer too, which asks so to learn its `log_dir`."""
    for package in _PACKAGES:
        if (loggers := sys.modules.get(f"{package}.loggers")) is not None:
            loggers.TensorBoardLogger.register(TensorBoardLogger)
