"""Hparams in the names of runs: `lr_0.001`, `lr0.001_bs64`, `opt=adam,lr=1e-3`, `exp-lr1e-3-seed2`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from logging_lib.tfevents.hparams import HParam

_LONGEST = 1000
_MOST = 32
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
# A word that says little without the one before it: `weight_decay`, `batch_size`.
_LATTER = (
    "clip|coef|coeff|decay|dim|dims|epochs|factor|heads|layers|len|length|norm|prob|rate|ratio|size|smoothing|steps"
    "|units|width|depth|dropout"
)
_WORD = "[A-Za-z][A-Za-z0-9.]*"
_NEXT = rf"[_-](?:{_WORD}[_-](?:{_LATTER})|{_WORD})=|[_-]\d{{4}}-\d\d-\d\d"
# `opt=adam`: a number, or whatever stands there up to the next key, a date, or the end of the part.
_ASSIGNED = re.compile(
    rf"(?P<key>{_WORD}(?:[_-]{_WORD})*)=(?P<value>{_NUMBER}(?![A-Za-z0-9.])|(?:(?!{_NEXT})[^=,;&\s/])+)"
)
# `lr_0.001`, `lr-1e-3`, `lr0.001`: a key of letters, and a number that ends where the next part begins.
_JOINED = re.compile(
    r"(?<![A-Za-z0-9.=])(?P<key>[A-Za-z]+(?:_[A-Za-z]+)*)[_-]?"
    r"(?P<value>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![A-Za-z0-9.]|-\d)"
)
_NUMERIC = re.compile(_NUMBER)
_FLAGS = {"true": True, "false": False}
# What an hparam is called that may be a whole number: `bs64` is one, `resnet50`, `version_0`, `run_3` are not.
_KEYS = re.compile(
    r"alpha|batch|batchsize|bs|bsz|beta|beta1|beta2|blocks|capacity|channels|classes|clip|cutoff|d|decay"
    r"|depth|dim|dims|dmodel|dropout|drop|embed|embedding|emb|ent|entropy|ep|epochs|eps|epsilon|feat|ff"
    r"|ffn|filters|gamma|gclip|grad|h|heads|height|hid|hidden|horizon|hs|kernel|ksize|lam|lambda|latent"
    r"|layers|len|length|lora|lr|margin|maxlen|mlp|mom|momentum|mult|n|neurons|nhead|noise|nodes|norm"
    r"|patience|patch|proj|r|rank|rate|ratio|reg|res|resolution|rho|samples|seed|seqlen|seq|size|smooth"
    r"|smoothing|stride|tau|temp|temperature|theta|units|wd|warmup|weight|width|window|wsteps"
)
_NO_KEYS = re.compile(r"v|ver|version|py|python|torch|cuda|tf|keras|jax|rev|release|rc|at")


def hparams_of_names(names: Sequence[str]) -> list[Mapping[str, HParam]]:
    """What each name says, of the keys that at least two of the names share."""
    found = [hparams_of_name(name) for name in names]
    times = Counter(key for values in found for key in values)
    return [{key: value for key, value in values.items() if times[key] > 1} for values in found]


def hparams_of_name(name: str) -> dict[str, HParam]:
    """The hparams in a run's name, in any of its directories; of a key that is there twice, the last.

    `key=value` is one whatever it is called. A key joined to a number otherwise is one where it is a known name
    of an hparam, or the number has a point or an exponent: dates, versions, hashes and models' names are none.
    """
    values: dict[str, HParam] = {}
    for part in name[:_LONGEST].split("/"):
        assigned: list[tuple[int, int]] = []
        for match in _ASSIGNED.finditer(part):
            assigned.append(match.span())
            values[_key(match["key"])] = _value(match["value"])
        for match in _JOINED.finditer(part):
            if not any(start < match.end() and match.start() < end for start, end in assigned):
                key = _key(match["key"])
                if _is_hparam(key, match["value"]):
                    values[key] = float(match["value"])
    return dict(list(values.items())[:_MOST])


def _key(words: str) -> str:
    """The words next to the value that name it: `exp_lr` is lr, `run_weight_decay` weight_decay."""
    parts = re.split(r"([_-])", words)
    take = 3 if len(parts) >= 3 and re.fullmatch(_LATTER, parts[-1].lower()) else 1
    return "".join(parts[-take:])


def _is_hparam(key: str, value: str) -> bool:
    words = re.split("[_-]", key.lower())
    if any(map(_NO_KEYS.fullmatch, words)):
        return False
    fraction = not value.isdigit()
    return fraction or _KEYS.fullmatch(words[-1]) is not None


def _value(text: str) -> HParam:
    return float(text) if _NUMERIC.fullmatch(text) else _FLAGS.get(text.lower(), text)
