"""A regular expression that somebody types: with smart case, literal where it is none, and given up when it is slow.

Some take for ever, `(a+)+$` on thirty letters, `a.*b.*c` on a line of a megabyte; Python's `re` cannot be told to stop.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice

NO_REGEX, SLOW = "not a regex", "too slow"

_ESCAPE = re.compile(r"\\.", re.DOTALL)
# What makes one try again and again: without any of these it ends soon, and `re` is three times as fast.
_MAY_BACKTRACK = re.compile(r"[*+?{|]")
_LONGEST = 0.5
"""Seconds that one may take in all, counting what is not done at once."""
_AT_ONCE = 0.001
# Of a longer text, the other threads do not wait until it is searched.
_LONG = 1000


class Expression:
    """What was typed, to be looked for. `fault` says why it is taken literally, NO_REGEX or SLOW; "" where it is not.

    It becomes SLOW once it has used up its time, for good: who types it again types another one first.
    """

    def __init__(self, text: str) -> None:
        letters = _ESCAPE.sub("", text)  # the capital of \D or \S is no letter to be found
        self._flags = 0 if any(letter.isupper() for letter in letters) else re.IGNORECASE
        self._text = text
        self._left = _LONGEST
        self._timed: Callable[..., Iterator[re.Match[str]]] | None = None
        self.fault = ""
        try:
            with warnings.catch_warnings():
                # A set like [[a] may mean something else in a later Python; a warning would be printed over the screen.
                warnings.simplefilter("ignore", FutureWarning)
                self._pattern = re.compile(text, self._flags)
                if _MAY_BACKTRACK.search(text):
                    self._timed = _timed(text, self._flags)
        except (re.error, ValueError, OverflowError, RecursionError):  # the last two: a{9999999999}, thousands of (
            self.give_up(NO_REGEX)

    def search(self, text: str) -> re.Match[str] | None:
        """Where it is found first."""
        if self._timed is None:
            return self._pattern.search(text)
        return next(iter(self.all_in(text, 1)), None)

    def all_in(self, text: str, most: int) -> list[re.Match[str]]:
        """The first places where it is found; of one that turns out slow, those where it is found literally."""
        if self._timed is not None:
            start = time.perf_counter()
            try:
                return list(islice(self._timed(text, timeout=self._left, concurrent=len(text) > _LONG), most))
            except TimeoutError:
                self.give_up(SLOW)
            finally:
                self._count(time.perf_counter() - start)
        return list(islice(self._pattern.finditer(text), most))

    def _count(self, seconds: float) -> None:
        if seconds > _AT_ONCE:
            self._left -= seconds
            if self._left <= 0:
                self.give_up(SLOW)

    def give_up(self, fault: str) -> None:
        """Take it literally from now on."""
        self.fault, self._timed = fault, None
        self._pattern = re.compile(re.escape(self._text), self._flags)


@lru_cache(maxsize=64)
def expression(text: str) -> Expression:
    """The expression of a text, the same one each time."""
    return Expression(text)


def _timed(text: str, flags: int) -> Callable[..., Iterator[re.Match[str]]]:
    import regex  # not before somebody types one

    try:
        compiled = regex.compile(text, flags)
    except regex.error as error:  # what only `re` understands
        raise ValueError(str(error)) from error
    found: Callable[..., Iterator[re.Match[str]]] = compiled.finditer
    return found
