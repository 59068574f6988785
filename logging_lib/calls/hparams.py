"""SummaryWriter.add_hparams."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, SupportsInt

from logging_lib.arguments import About, as_step, check_run_name, check_tag
from logging_lib.arrays import as_float
from logging_lib.calls.sink import EventSink
from logging_lib.inbox import Captured

if TYPE_CHECKING:
    from logging_lib.tfevents.proto import summary_pb2


class HParamsCalls(EventSink):
    """Hyperparameters."""

    def add_hparams(
        self,
        hparam_dict: Mapping[str, object],
        metric_dict: Mapping[str, object],
        hparam_domain_discrete: Mapping[str, object] | None = None,
        run_name: str | os.PathLike[str] | None = None,
        global_step: SupportsInt | None = None,
        *,
        name: str | os.PathLike[str] | None = None,
    ) -> None:
        """Log a finished session's hyperparameters and its metrics, as a sub-run of its own.

        Args:
            hparam_dict: bool, number, str or None a name; None is left out.
            metric_dict: the scalars to judge the session by, a number a tag.
            hparam_domain_discrete: all values that some of the hparams can have, a list a name.
            run_name: the sub-run `<log_dir>/<run_name>`; the time of the call where None or empty.
            name: tensorboardX's name for run_name.
        """
        from logging_lib.summary.hparams import hparams

        if not isinstance(hparam_dict, Mapping) or not isinstance(metric_dict, Mapping):
            raise TypeError("hparam_dict and metric_dict should be dictionary.")
        with About(call="add_hparams"):
            for tag in metric_dict:
                check_tag(tag)
            run = _run_name(run_name, name)
            summaries = hparams(hparam_dict, metric_dict, hparam_domain_discrete)
            metrics = {tag: _number(value) for tag, value in metric_dict.items()}
            step = as_step(global_step)
        session = self._new_run(self._run_directory / run)
        for summary in summaries:
            session.put(Captured(partial(_made, summary)), None, step, time.time())
        for tag, metric in metrics.items():
            session.put(tag, metric, step, time.time())
        session.close()


def _run_name(run_name: str | os.PathLike[str] | None, name: str | os.PathLike[str] | None) -> str:
    if run_name and name:
        raise TypeError("run_name and name are two names of one option; give one of them")
    given = run_name or name or str(time.time())
    run = os.fspath(given) if isinstance(given, os.PathLike) else given
    check_run_name(run)
    return run


def _number(value: object) -> float:
    return float(value) if isinstance(value, str) else as_float(value)


def _made(summary: summary_pb2.Summary) -> summary_pb2.Summary:
    return summary
