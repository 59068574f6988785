"""Addresses: told from paths, taken apart, and shown without credentials."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.remote.address import Address, AddressError, parse_address


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("s3://Bucket/runs/x/", "s3://Bucket/runs/x"),
        ("s3://bucket", "s3://bucket"),
        ("s3://key:secret@bucket/a?b#c", "s3://bucket/a?b#c"),
        ("ssh://me@host:2222/abs/logs", "ssh://me@host:2222/abs/logs"),
        ("sftp://me:word@[::1]:22/logs", "sftp://me@[::1]:22/logs"),
        ("https://me:word@host/logs/?sig=word", "https://host/logs"),
        ("HTTP://host:80/a%20b", "http://host:80/a%20b"),
        ("gs://bucket/a b", "gs://bucket/a b"),
        ("abfs://box@account.dfs.core.windows.net/x", "abfs://box@account.dfs.core.windows.net/x"),
        ("memory://a/b", "memory://a/b"),
    ],
)
def test_what_is_shown_is_the_address_without_credentials(url: str, shown: str) -> None:
    assert parse_address(url).shown == shown


def test_the_parts() -> None:
    assert parse_address("s3://a%2Fb:c%40d@bucket/x/y") == Address("s3", "bucket", "x/y", "a/b", "c@d")
    assert parse_address("ssh://h/") == Address("ssh", "h", "")
    assert parse_address("https://u:p@h:8/x?q=1") == Address("https", "h:8", "/x", "u", "p", "q=1")
    assert "hushhush" not in repr(parse_address("https://u:hushhush@h:8/x?hushhush"))


@pytest.mark.parametrize("url", ["s3://", "ssh:///x", "http://h:port/x", "http://[/x", "ssh://h:99999/x"])
def test_an_address_that_leads_nowhere(url: str) -> None:
    with pytest.raises(AddressError):
        parse_address(url)


def test_a_mirror_is_named_by_address_and_server_but_not_by_who_asks() -> None:
    one = parse_address("s3://bucket/runs")
    assert one.mirror_name({}) == parse_address("s3://key:secret@bucket/runs/").mirror_name({})
    assert one.mirror_name({}).startswith("s3-bucket-runs-")
    assert one.mirror_name({"AWS_ENDPOINT_URL": "http://x"}) != one.mirror_name({})
    assert one.mirror_name({}) != parse_address("s3://bucket/runs2").mirror_name({})
    assert parse_address("ssh://a@h/x").mirror_name({}) != parse_address("ssh://b@h/x").mirror_name({})


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_a_mirrors_name_is_one_plain_directory(path: str) -> None:
    name = Address("s3", "bucket", path).mirror_name({})
    assert "/" not in name
    assert name.isascii()
    assert name.isprintable()
    assert 10 < len(name) < 90
