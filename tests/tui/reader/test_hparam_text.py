"""Hparams in texts: what each way of writing allows, and where its limits are."""

from __future__ import annotations

import json
import math

import pytest

from logging_lib.tfevents.hparams import HParam
from tui.reader.hparam_text import LONGEST, hparams_of_text, may_hold_hparams

TWO = "lr: 0.1\nbs: 2\n"
TWO_READ: dict[str, HParam] = {"lr": 0.1, "bs": 2.0}


@pytest.mark.parametrize("tag", ["args", "my_args", "model_config", "h_param", "hyper_params", "HPARAMS/text", "cfg"])
def test_tags_that_say_it(tag: str) -> None:
    assert may_hold_hparams(tag)


@pytest.mark.parametrize("tag", ["targets", "margins", "loss", "charge"])
def test_tags_that_do_not(tag: str) -> None:
    assert not may_hold_hparams(tag)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('\n {"amp": true}\n', {"amp": True}),
        (" {'lr': 0.1, 'opt': None}", {"lr": 0.1}),
        ("{'a': [b'x', 'é']}", {"a": '["b\'x\'", "é"]'}),
        ("{'a': [{(1, 2): 3}]}", {"a": "list"}),
        (" Namespace(lr=0.1, act=relu)", {"lr": 0.1, "act": "relu"}),
        ("```yaml\r\nlr: 0.1\r\nbs: 2\r\n```", TWO_READ),
        ("<PRE>" + TWO + "</PRE>", TWO_READ),
    ],
)
def test_json_python_and_blocks_of_code(text: str, found: dict[str, HParam]) -> None:
    assert hparams_of_text(text) == found


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (["| lr | 0.1 |"], {"lr": 0.1}),
        (["| **X** | `Xavier` |", "| `bs` | 2 |"], {"X": "Xavier", "bs": 2.0}),
        ([r"| op | a\|b |", r"| end | c\|"], {"op": "a|b", "end": "c|"}),
        (["lr | 0.1", "bs | 2"], TWO_READ),
        (["| lr | 0.1 |", "| bs | 2 |", "a caption"], TWO_READ),
        (["| lr | 0.1 |", "a caption"], None),
        (["| lr | 0.1 | more |"], None),
        ([], None),
    ],
)
def test_tables(rows: list[str], found: dict[str, HParam] | None) -> None:
    assert hparams_of_text("\n".join(["| name | value |", "|---|:-:|", *rows])) == found


@pytest.mark.parametrize("line", ["# lr: 3", "; lr = 3", "---", "[section]", "%% lr", "", "  # lr: 3"])
def test_lines_that_are_passed_over(line: str) -> None:
    assert hparams_of_text(f"{line}\n{TWO}") == TWO_READ


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (".inf", math.inf),
        ("-inf", -math.inf),
        ("1_000", 1000.0),
        ("1__0", 10.0),
        ("1_", 1.0),
        ("-.5e-3", -0.0005),
        ("~", None),
        ("True", True),
        ("''", ""),
        ("'", "'"),
        ("'a", "'a"),
        ("'a\"", "'a\""),
        ("XaX", "XaX"),
        ('"0.5"', "0.5"),
        ('"a # b"', "a # b"),
        ("a # b", "a"),
        ("a#b", "a#b"),
    ],
)
def test_values(text: str, found: HParam) -> None:
    expected = {"key": found, **TWO_READ} if found is not None else TWO_READ
    assert hparams_of_text(f"key: {text}\n{TWO}") == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("**`lr`**: `0.1`\n- `bs` = 2", TWO_READ),
        ("'lr': 0.1\n\"bs\": 2\n'X': 1", {**TWO_READ, "X": 1.0}),
        ("layers:\n  - 64\n  - 32 # more\n" + TWO, {"layers": "[64.0, 32.0]", **TWO_READ}),
        ("a:\n  b:\n\tc: 1\n" + TWO, {"a.c": 1.0, **TWO_READ}),
        ("a:\n  b:\n    c: 1\n  d: 2\ne: 3", {"a.b.c": 1.0, "a.d": 2.0, "e": 3.0}),
        ("a:\nsome words here\nb: 1\nc: 2\nd: 3", {"b": 1.0, "c": 2.0, "d": 3.0}),
    ],
)
def test_blocks_of_keys_and_values(text: str, found: dict[str, HParam]) -> None:
    assert hparams_of_text(text) == found


@pytest.mark.parametrize(
    ("pairs", "others", "read"), [(1, 0, False), (2, 0, True), (2, 1, False), (4, 1, True), (4, 2, False), (8, 2, True)]
)
def test_four_of_five_lines_must_be_pairs(pairs: int, others: int, read: bool) -> None:
    lines = [f"k{number}: {number}" for number in range(pairs)] + ["some words here"] * others
    assert (hparams_of_text("\n".join(lines)) is not None) == read


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("k: " + "x" * 1997, True),
        ("k: " + "x" * 1998, False),
        ("k" * 120 + ": x", True),
        ("k" * 121 + ": x", False),
        ("a b c d: x", True),
        ("a b c d e: x", False),
    ],
)
def test_long_lines_and_sentences_are_no_pairs(line: str, read: bool) -> None:
    key, _, value = line.partition(": ")
    assert hparams_of_text(TWO + line) == ({**TWO_READ, key: value[:200]} if read else None)


@pytest.mark.parametrize("deep", [8, 9])
def test_so_deep_a_block_and_no_deeper(deep: int) -> None:
    lines = [" " * level + f"k{level}:" for level in range(deep)]
    names = ".".join(f"k{level}" for level in range(8))
    assert hparams_of_text("\n".join([*lines, " " * deep + "v: 1", "lr: 2"])) == {f"{names}.v": 1.0, "lr": 2.0}


def test_deeper_json_is_text() -> None:
    nested: object = 1
    for level in reversed(range(11)):
        nested = {f"k{level}": nested}
    found = hparams_of_text(json.dumps(nested))
    assert found == {".".join(f"k{level}" for level in range(9)): '{"k9": {"k10": 1}}'}


def test_a_text_may_be_so_long() -> None:
    text = '{"lr": 0.1}'
    assert hparams_of_text(text.ljust(LONGEST)) == {"lr": 0.1}
    assert hparams_of_text(text.ljust(LONGEST + 1)) is None
