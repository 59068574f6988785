"""SummaryWriter.add_scalars."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import SupportsInt

from logging_lib.arguments import About, as_wall_time, check_run_name, check_tag
from logging_lib.arrays import as_float
from logging_lib.calls.sink import EventSink
from logging_lib.summary.scalar import scalar


class ScalarCalls(EventSink):
    """Numbers."""

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, object],
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log one number a key, each in the sub-run `<log_dir>/<main_tag>_<key>`, all under the tag `main_tag`.

        A `/` in `main_tag` is `_` in the sub-run's name.
        """
        with About(main_tag):
            check_tag(main_tag)
            if not isinstance(tag_scalar_dict, Mapping):
                raise TypeError(f"expected a dict of numbers, got {type(tag_scalar_dict).__name__}")
            when = as_wall_time(walltime)
            values = {_subrun(main_tag, key): as_float(value) for key, value in tag_scalar_dict.items()}
        for subrun, value in values.items():
            self._log(main_tag, partial(scalar, main_tag, value), global_step, when, subrun=subrun)


def _subrun(main_tag: str, key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be a str, got {type(key).__name__}")
    name = f"{main_tag.replace('/', '_')}_{key}"
    check_run_name(name)
    return name
