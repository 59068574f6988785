"""Runs that differ only by their seed: which belong together, by their names or by equal hparams."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass

from logging_lib.tfevents.hparams import HParam
from tui.store.snapshot import RunSummary

_SEED = "seed"
_SEPARATORS = "/_-. ="
_SEED_PATTERNS = (
    r"^(.*?)[/_-]?seed[=_-]?\d+(.*)$",
    r"^(.*?)[/_-]s\d+(.*)$",
    r"^(.*)[/_-]\d{1,3}$",
)
_EXPONENT = re.compile(r"\de-\d+$")


@dataclass(frozen=True, slots=True)
class RunGroup:
    """Two runs or more, in their given order; `name` is no run's."""

    name: str
    runs: tuple[str, ...]


def groups_by_pattern(
    names: Iterable[str], search: Callable[[str], re.Match[str] | None], taken: Collection[str] = ()
) -> list[RunGroup]:
    """The runs for which the groups of an expression (all of its match, if it has none) are the same text.

    A run that is not matched, or is alone in its group, is in none. A group is called by what was captured:
    `lr=0.1 bs=64` for the groups `lr` and `bs`, `0.1 64` where they have no names; it has none of the names `taken`.
    """
    found: dict[Hashable, list[str]] = {}
    called: dict[Hashable, str] = {}
    for name in names:
        if (match := search(name)) is not None:
            parts = match.groups() or (match[0],)
            found.setdefault(parts, []).append(name)
            called.setdefault(parts, _captured(match))
    return _named(found, called, taken)


def _captured(match: re.Match[str]) -> str:
    """The captured texts without separators at their ends; directories stay apart: `adam/train`."""
    of_index = {index: name for name, index in match.re.groupindex.items()}
    called = ""
    for index, part in enumerate(match.groups() or (match[0],), start=1):
        text = (part or "").strip(_SEPARATORS)
        if text:
            between = "" if not called else "/" if part.startswith("/") else " "
            called += between + (f"{of_index[index]}={text}" if index in of_index else text)
    return called or "all"


def groups_by_hparams(runs: Mapping[str, RunSummary], names: Iterable[str]) -> list[RunGroup]:
    """Those of the named runs whose hparams are equal, except ones with `seed` in their names.

    A run has the hparams of its own session start; else of the nearest run above it; else those that all sessions
    below it have, since some writers put the hparams into a run of their own. Runs at different places of a session
    (`a/train`, `a/val`) are not put together. A group is called by the hparams that tell it from other groups, or
    from other runs if it is the only one, `lr=0.1 bs=64`, and its place in the session: `lr=0.1 bs=64/train`.
    """
    sessions = {name: _without_seeds(run.start.hparams) for name, run in runs.items() if run.start is not None}
    of_run = {name: known for name in names if (known := _hparams_of(name, sessions)) is not None}
    found: dict[Hashable, list[str]] = {}
    for name, (hparams, place) in of_run.items():
        found.setdefault((place, *((hparam, repr(hparams[hparam])) for hparam in sorted(hparams))), []).append(name)
    together = {key: of_run[names[0]] for key, names in found.items() if len(names) > 1}
    differing = _differing(together.values()) or _differing(of_run.values())
    called: dict[Hashable, str] = {}
    for key, (hparams, place) in together.items():
        texts = (f"{hparam}={text}" for hparam in differing if (text := _text(hparams, hparam)))
        called[key] = (" ".join(texts) or "equal hparams") + (f"/{place}" if place not in ("", "..") else "")
    return _named(found, called, list(runs))


def _without_seeds(hparams: Mapping[str, HParam]) -> dict[str, HParam]:
    return {name: value for name, value in hparams.items() if _SEED not in name.lower()}


def _differing(runs: Iterable[tuple[Mapping[str, HParam], str]]) -> list[str]:
    """The hparams that do not have the same value in all of the runs."""
    values: dict[str, set[str]] = {}
    every = [hparams for hparams, _ in runs]
    for name in {name: None for hparams in every for name in hparams}:
        values[name] = {_text(hparams, name) for hparams in every}
    return [name for name, found in values.items() if len(found) > 1]


def _text(hparams: Mapping[str, HParam], name: str) -> str:
    """An hparam's value as it stands in a group's name; "" for one that is missing."""
    match hparams.get(name):
        case None:
            return ""
        case bool(value):
            return str(value).lower()
        case int() | float() as value:
            short = f"{value:g}"
            return short if float(short) == value else repr(value)
        case value:
            return value or '""'


def _hparams_of(run: str, sessions: Mapping[str, Mapping[str, HParam]]) -> tuple[Mapping[str, HParam], str] | None:
    """A run's hparams, and its place in the session that has them: "" itself, `train` below it, `..` above it."""
    above, place = run, ""
    while above:
        if above in sessions:
            return sessions[above], place
        above, _, last = above.rpartition("/")
        place = f"{last}/{place}" if place else last
    below = [hparams for name, hparams in sessions.items() if name.startswith(f"{run}/")]
    return (below[0], "..") if below and all(hparams == below[0] for hparams in below) else None


def _named(
    found: Mapping[Hashable, list[str]], called: Mapping[Hashable, str], taken: Collection[str]
) -> list[RunGroup]:
    """The groups of two runs or more; one whose name is taken gets a number."""
    used, groups = set(taken), []
    for key, runs in found.items():
        if len(runs) > 1:
            name, number = called[key], 1
            while name in used:
                number += 1
                name = f"{called[key]} ({number})"
            used.add(name)
            groups.append(RunGroup(name, tuple(runs)))
    return groups


def seed_pattern(names: Iterable[str]) -> str | None:
    """An expression that groups runs whose names look like seeds (`a/seed3`, `a_s1`, `a-2`); None where none does."""
    names = list(names)
    for pattern in _SEED_PATTERNS:
        search = re.compile(pattern, re.IGNORECASE).search
        groups = groups_by_pattern(names, search)
        # In lr_1e-3 and lr_1e-4 the number at the end is no seed.
        if groups and not any(_EXPONENT.search(run) for group in groups for run in group.runs):
            return pattern
    return None
