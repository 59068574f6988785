"""SummaryWriter.add_scalar, add_scalars: what a training calls every step, so their way to the inbox is short."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import PurePath
from time import time
from typing import SupportsInt

from logging_lib.arguments import About, as_step, as_wall_time, check_run_name, check_tag, check_text
from logging_lib.calls.sink import EventSink
from logging_lib.capture import Number, captured_number
from logging_lib.inbox import Captured

# A job that makes up a new tag every step should not fill the memory with what is known of the former ones.
_MOST_KNOWN_TAGS = 10_000


class ScalarCalls(EventSink):
    """Numbers."""

    def add_scalar(
        self,
        tag: str,
        scalar_value: object,
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
        new_style: bool = False,
        double_precision: bool = False,
        *,
        display_name: str = "",
        summary_description: str = "",
    ) -> None:
        """Log one number: a Python or numpy number, or an array or tensor of one element, on any device.

        Stored in 32 bits, or in 64 with both `new_style` and `double_precision`. `display_name` and
        `summary_description` (Markdown) are what TensorBoard shows for the tag.
        """
        # All that can be wrong with the common case, without the price of a call; measured in bench_writer.
        if (
            type(scalar_value) is float
            and type(global_step) is int
            and type(tag) is str
            and tag in self._known_tags
            and walltime is None
            and not (new_style or display_name or summary_description)
            and -0x8000000000000000 <= global_step < 0x8000000000000000
        ):
            inbox = self._run_inbox
            inbox.extend((tag, scalar_value, global_step, time()))
            if len(inbox) > inbox.limit:
                self._run_writer.attend()
            return
        with About(tag):
            check_tag(tag)
            value = _captured(scalar_value)
            step, when = as_step(global_step), as_wall_time(walltime)
            as_tensor, wide = bool(new_style), bool(double_precision)
            told = _told("display_name", display_name), _told("summary_description", summary_description)
        if type(value) is not float or as_tensor or any(told):
            from logging_lib.summary.scalar import scalar

            self._run_writer.put(Captured(partial(scalar, tag, value, as_tensor, wide, *told)), None, step, when)
            return
        self._run_writer.put(tag, value, step, when)
        self._learn_tag(tag)

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, object],
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log one number a key, each in the sub-run `<log_dir>/<main_tag>_<key>`, all under the tag `main_tag`.

        A `/` in `main_tag` is `_` in the sub-run's name, and in a key a directory below; none leads out of log_dir.
        """
        with About(main_tag):
            check_tag(main_tag)
            if not isinstance(tag_scalar_dict, Mapping):
                raise TypeError(f"expected a dict of numbers, got {type(tag_scalar_dict).__name__}")
            step, when = as_step(global_step), as_wall_time(walltime)
            values = {_subrun(main_tag, key): _captured(value) for key, value in tag_scalar_dict.items()}
        for subrun, value in values.items():
            if type(value) is float:
                self._run_writer.put((subrun, main_tag), value, step, when)
            else:
                from logging_lib.summary.scalar import scalar

                self._run_writer.put(Captured(partial(scalar, main_tag, value), subrun), None, step, when)

    def _learn_tag(self, tag: str) -> None:
        """Take the short way for this tag from now on, unless each event must ask whether there is room."""
        if len(self._known_tags) >= _MOST_KNOWN_TAGS:
            self._known_tags.clear()
        if self.on_full == "block" and self.write_to_disk:
            self._known_tags.add(tag)


def _told(name: str, text: str | None) -> str:
    """What viewers show of a tag; "" for None."""
    if not text:
        return ""
    check_text(name, text)
    return text


def _captured(value: object) -> Number:
    """torch takes "0.123", too, of those who format what they log."""
    return captured_number(float(value) if isinstance(value, str) else value)


def _subrun(main_tag: str, key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be a str, got {type(key).__name__}")
    name = f"{main_tag.replace('/', '_')}_{key}"
    check_run_name(name)
    # A key is data more often than a path.
    if os.pardir in name and PurePath(os.path.normpath(name)).parts[0] == os.pardir:
        raise ValueError(f"the key {key!r} leads out of the log directory")
    return name
