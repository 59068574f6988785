"""Who is let in: by the token, by the host's name, by where a page is from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.serve.guard import Guard, is_token, made_up_token

TOKEN = "correct-horse"
WITH_TOKEN, WITHOUT = Guard(TOKEN, "0.0.0.0"), Guard("", "127.0.0.1")


@pytest.mark.parametrize("path", ["/correct-horse/", "/correct-horse/ws", "/correct-horse/static/page.js"])
def test_the_token_lets_in_by_any_name(path: str) -> None:
    assert WITH_TOKEN.refusal(path, "node17.cluster:8000") is None


@pytest.mark.parametrize(
    "path", ["", "/", "/ws", "/static/page.js", "/correct-hors/", "/correct-horsey/", "//correct-horse/", "/é/"]
)
def test_nothing_else_does(path: str) -> None:
    assert WITH_TOKEN.refusal(path, "localhost:8000") == (
        "open the whole URL that `tbtui serve` printed: its path is the token"
    )


@given(st.text(max_size=30).filter(lambda text: text.split("/", 1)[0] != TOKEN))
def test_no_other_path_is_let_in(path: str) -> None:
    assert WITH_TOKEN.refusal(f"/{path}", "localhost") is not None


@pytest.mark.parametrize("host", ["localhost", "LocalHost:8000", "127.0.0.1:1", "127.3.2.1", "[::1]:8000", "[::1]"])
def test_names_of_this_machine_need_no_token(host: str) -> None:
    assert WITHOUT.refusal("/", host) is None


@pytest.mark.parametrize("host", ["", "evil.example", "localhost.evil.example:8000", "127.0.0.1.nip.io", "10.0.0.1"])
def test_other_names_do(host: str) -> None:
    assert (
        WITHOUT.refusal("/", host)
        == "this is for the names of this machine itself, such as localhost; others need `--token`"
    )


def test_the_name_that_was_bound_is_ours() -> None:
    assert Guard("", "me.example").refusal("/", "Me.Example:8000") is None


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8000", "localhost:8000"),
        ("https://hub.example", "hub.example"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_a_page_of_this_server_may_open_a_websocket(origin: str, host: str) -> None:
    assert WITHOUT.foreign(origin, host) is None


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "localhost:8000"),
        ("null", "localhost:8000"),
        ("http://localhost:9000", "localhost:8000"),
        ("http://evil.example", "localhost:8000"),
        ("http://localhost:8000.evil.example", "localhost:8000"),
        ("http://localhost:8000@evil.example", "localhost:8000"),
        ("http://[", "localhost:8000"),
        ("", ""),
        ("null", ""),
    ],
)
def test_no_other_page_may(origin: str | None, host: str) -> None:
    for guard in (WITHOUT, WITH_TOKEN):
        assert guard.foreign(origin, host) == "the websocket is for the page of this server only"


def test_tokens() -> None:
    assert is_token(made_up_token())
    assert made_up_token() != made_up_token()
    assert [is_token(text) for text in ("12345678", "a" * 200, "A.b_c~d-e")] == [True] * 3
    assert [
        is_token(text)
        for text in ("", "1234567", "a" * 201, "12345/78", "12345 78", "é2345678", "..345678", "{12345678}")
    ] == [False] * 8
