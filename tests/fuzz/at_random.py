"""Fuzzing without atheris: the seeds, changed at random."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.fuzz.target import MOST_BYTES, Target

_GROWN, _MOST_KEPT = 0.02, 500


def fuzz_at_random(
    target: Target, seeds: Sequence[bytes], seconds: float, directory: Path, seed: int | None = None
) -> int:
    """Try inputs for so long; returns the exit code. One that breaks a promise is written beside the directory."""
    end, count = time.monotonic() + seconds, 0
    for data in inputs(target, seeds, random.Random(target.name if seed is None else seed)):
        if time.monotonic() > end:
            break
        try:
            target.check(data)
        except Exception:
            (directory.parent / f"{target.name}-crash").write_bytes(data)
            raise
        count += 1
    print(f"{count} inputs")
    return 0


def inputs(target: Target, seeds: Sequence[bytes], chance: random.Random) -> Iterator[bytes]:
    """The seeds, then ever other inputs, of which some have grown from others."""
    yield from seeds
    kept = list(seeds)
    while True:
        data = chance.choice(kept)
        if target.mutate is not None and chance.random() < 0.7:
            made = target.mutate(
                data, MOST_BYTES, chance.getrandbits(32), lambda part, most: changed(chance, part, seeds)
            )
        else:
            made = changed(chance, data, seeds)
        yield made[:MOST_BYTES]
        if chance.random() < _GROWN:  # changes on changes lead further away
            kept.append(made[:MOST_BYTES])
            del kept[len(seeds) : -_MOST_KEPT]


def changed(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """The input with some bytes changed, taken out, doubled, or from another one."""
    result = bytearray(data[:MOST_BYTES])
    for _ in range(chance.randint(1, 8)):
        place = chance.randint(0, len(result))
        length = chance.randint(0, 16)
        kind = chance.randrange(4)
        if kind == 0 and place < len(result):
            result[place] = chance.randrange(256)
        elif kind == 1:
            del result[place : place + length]
        elif kind == 2:
            result[place:place] = result[place : place + length]
        else:
            other = chance.choice(seeds)
            start = chance.randint(0, len(other))
            result[place:place] = other[start : start + length]
    return bytes(result)
