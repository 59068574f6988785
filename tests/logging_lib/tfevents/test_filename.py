"""Event file names: made unique, recognised, dated."""

from __future__ import annotations

import os
import re
import socket

import pytest

from logging_lib.tfevents.filename import creation_time, file_order, is_event_filename, make_event_filename


def test_made_names_have_the_fields_in_order_and_are_unique() -> None:
    first, second = make_event_filename(1700000000.9), make_event_filename(1700000000.9, ".suffix")
    host = re.escape(socket.gethostname())
    assert re.fullmatch(rf"events\.out\.tfevents\.1700000000\.{host}\.{os.getpid()}\.\d+", first)
    assert second.endswith(".suffix")
    assert second.removesuffix(".suffix") != first


def test_seconds_have_ten_digits() -> None:
    assert make_event_filename(7.0).startswith("events.out.tfevents.0000000007.")


def test_a_host_whose_name_is_no_file_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "cell/7/node")
    assert make_event_filename(1700000000.0).startswith("events.out.tfevents.1700000000.cell_7_node.")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("events.out.tfevents.1700000000.host.1.0", 1700000000),
        ("events.out.tfevents.1700000000.host.1.0.v2", 1700000000),
        ("events.out.tfevents.1700000000", 1700000000),
        ("my.tfevents", None),
        ("events.out.tfevents.17.host", None),
        ("events.out.tfevents.17000000001234x", None),
    ],
)
def test_creation_time(name: str, expected: int | None) -> None:
    assert is_event_filename(name)
    assert creation_time(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "events.out.tfevents.1.host.profile-empty",
        "checkpoint.pt",
        "events.out",
        "",
        ".events.out.tfevents.1700000000.host.1.0.aB3xYz",
    ],
)
def test_not_event_files(name: str) -> None:
    assert not is_event_filename(name)


def test_files_are_in_order_of_their_time_then_of_their_names_and_those_without_a_time_come_first() -> None:
    names = [
        "a.tfevents",
        "b.tfevents",
        "events.out.tfevents.0000000000.host",
        "events.out.tfevents.1700000000.b",
        "events.out.tfevents.1700000001.a",
        "events.out.tfevents.11700000000.a",
    ]
    assert sorted((names[place] for place in (3, 0, 5, 2, 4, 1)), key=file_order) == names
