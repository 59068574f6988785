"""Hyperparameters: dicts -> the three summaries of a finished session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from logging_lib.arrays import as_float, as_ndarray
from logging_lib.tfevents.hparams import HParam, Metric, experiment_summary, session_end_summary, session_start_summary
from logging_lib.tfevents.proto import summary_pb2


def hparams(
    values: Mapping[str, object], metrics: Iterable[str], domains: Mapping[str, object] | None = None
) -> list[summary_pb2.Summary]:
    """Experiment, session start and session end (SUCCESS).

    Args:
        values: hparams; bool, number (a tensor of one counts), str. None is left out.
        metrics: tags of scalars to judge the session by.
        domains: for some hparams, the list of all values they can have.

    Raises:
        ValueError: an hparam of another type, or beyond the range of a float.
        TypeError: a name that is not a str; a domain that is no list of its hparam's type, or of no hparam.
    """
    if domains is not None and not isinstance(domains, Mapping):
        raise TypeError("hparam_domain_discrete should be dictionary.")
    kept = {name: _hparam(name, value) for name, value in values.items() if value is not None}
    checked = {name: _domain(name, domain, values) for name, domain in (domains or {}).items()}
    return [
        experiment_summary(kept, [Metric(tag) for tag in metrics], domains=checked),
        session_start_summary(kept),
        session_end_summary("SUCCESS"),
    ]


def _hparam(name: str, value: object) -> HParam:
    if isinstance(value, (bool, float, str)):
        return value
    if isinstance(value, (list, tuple)):  # even one of a single number
        raise ValueError(f"hparam {name!r} must be a bool, a number, a str or None, got {type(value).__name__}")
    try:
        number = as_float(value)
        return bool(number) if as_ndarray(value).dtype.kind == "b" else number
    except (TypeError, ValueError) as error:
        raise ValueError(f"hparam {name!r} must be a bool, a number, a str or None: {error}") from error


def _domain(name: str, domain: object, values: Mapping[str, object]) -> list[HParam]:
    if name not in values or not isinstance(domain, list):
        raise TypeError(f"the domain of hparam {name!r} must be a list, for an hparam that is given")
    if not all(isinstance(item, type(values[name])) for item in domain):
        raise TypeError(f"the domain of hparam {name!r} must be a list of its type, {type(values[name]).__name__}")
    return [_hparam(name, item) for item in domain if item is not None]  # of an hparam that is left out
