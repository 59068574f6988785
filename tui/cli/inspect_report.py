"""What `tbtui inspect` prints: a line or JSON object for each record, and the summary."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from tui.cli.file_census import Census, Finding, ValueKind
from tui.render.numbers import bytes_, duration
from tui.render.text import printable

RECORD_HEADINGS = f"{'offset':>12}  {'bytes':>9}  crc  {'step':>9}  {'wall time':>17}  event"
# Of the values of one record; a line of thousands of tags helps nobody.
_SHOWN_VALUES = 8
_LABEL = 14
_LONGEST_TIME = 1e12


def finding_line(finding: Finding) -> str:
    """A record under RECORD_HEADINGS, or a damaged stretch. Offset and length are those of the whole frame."""
    place = f"{finding.offset:>12}  {finding.length:>9}  {'ok ' if finding.crc_ok else 'bad'}"
    event = finding.event
    if event is None:
        return f"{place}  {finding.reason}"
    what = event.WhichOneof("what") or "empty"
    time = f"{event.wall_time:.6f}" if abs(event.wall_time) < _LONGEST_TIME else repr(event.wall_time)
    return f"{place}  {event.step:>9}  {time:>17}  {what}{_values(finding.values)}"


def finding_object(finding: Finding) -> dict[str, object]:
    """A record or damaged stretch for JSON."""
    place: dict[str, object] = {"offset": finding.offset, "length": finding.length, "crc_ok": finding.crc_ok}
    event = finding.event
    if event is None:
        return place | {"damage": finding.reason}
    return place | {
        "step": event.step,
        "wall_time": event.wall_time if math.isfinite(event.wall_time) else None,
        "what": event.WhichOneof("what"),
        "values": [{"tag": tag, "value": kind.what, "plugin": kind.plugin} for tag, kind in finding.values],
    }


def as_object(path: str, census: Census) -> dict[str, object]:
    """The summary for JSON."""
    first_step, last_step = census.steps or (None, None)
    first_time, last_time = census.wall_times or (None, None)
    return {
        "file": path,
        "size": census.size,
        "records": census.records,
        "events": census.events,
        "file_versions": dict(census.file_versions),
        "writers": dict(census.writers),
        "first_wall_time": first_time,
        "last_wall_time": last_time,
        "min_step": first_step,
        "max_step": last_step,
        "sessions": census.sessions,
        "event_kinds": dict(census.kinds.most_common()),
        "values": [{"value": k.what, "plugin": k.plugin, "count": n} for k, n in census.values.most_common()],
        "damaged_stretches": census.damages,
        "damaged_bytes": census.damaged_bytes,
        "damage": [finding_object(finding) for finding in census.listed],
        "open_tail": census.open_tail,
        "state": _state(census),
    }


def report(path: str, census: Census) -> str:
    """The summary as lines of text."""
    lines = [
        _line("file", printable(path)),
        _line("size", f"{census.size} bytes ({bytes_(census.size)})"),
        _line("records", str(census.records)),
        _line("events", _counts(census.kinds)),
        _line("values", _value_counts(census.values)),
        _line("file version", _counts(census.file_versions)),
        _line("writer", _counts(census.writers)),
        _line("wall times", _wall_times(census)),
        _line("steps", "none" if census.steps is None else f"{census.steps[0]} to {census.steps[1]}"),
        _line("session starts", str(census.sessions)),
        _line("damage", _damage(census)),
        *(f"  at byte {f.offset}, {f.length} bytes: {printable(f.reason)}" for f in census.listed),
    ]
    if census.damages > len(census.listed):
        lines.append(f"  and {census.damages - len(census.listed)} more")
    lines.append(_line("end", _end(census)))
    return "\n".join(lines) + "\n"


def _line(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}  {text}"


def _values(values: Iterable[tuple[str, ValueKind]]) -> str:
    shown = [f"  {printable(tag)} ({_kind(kind)})" for tag, kind in values]
    more = len(shown) - _SHOWN_VALUES
    return "".join(shown) if more <= 0 else "".join(shown[:_SHOWN_VALUES]) + f"  and {more} more"


def _kind(kind: ValueKind) -> str:
    return f"{kind.what} {printable(kind.plugin)}" if kind.plugin else kind.what


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{printable(name)} {count}" for name, count in counter.most_common()) or "none"


def _value_counts(counter: Counter[ValueKind]) -> str:
    return ", ".join(f"{_kind(kind)} {count}" for kind, count in counter.most_common()) or "none"


def _wall_times(census: Census) -> str:
    if census.wall_times is None:
        return "none"
    first, last = census.wall_times
    return f"{_date(first)} to {_date(last)} ({duration(last - first)})"


def _date(seconds: float) -> str:
    """A wall time as local time; one that no calendar has as the number it is."""
    try:
        return datetime.fromtimestamp(seconds).astimezone().isoformat(" ", "seconds")
    except (ValueError, OverflowError, OSError):
        return repr(seconds)


def _damage(census: Census) -> str:
    if not census.damages:
        return "none"
    stretches = "1 stretch" if census.damages == 1 else f"{census.damages} stretches"
    return f"{stretches}, {census.damaged_bytes} bytes"


def _state(census: Census) -> str:
    if census.damaged_to_end:
        return "damaged"
    return "open" if census.open_tail else "complete"


def _end(census: Census) -> str:
    match _state(census):
        case "damaged":
            return "damaged: no record follows the last stretch"
        case "open":
            return f"open: {census.open_tail} bytes of a record that is not whole yet"
        case _:
            return "complete"
