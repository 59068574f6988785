"""Who may see the served screen: whoever knows the token, or asks this machine under a name that is surely its own."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

# Nothing that would have to be escaped in a URL; as long as nobody guesses it by hand.
_TOKEN = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{7,199}")
ALLOWED_TOKEN = "8 to 200 letters, digits, and any of . _ ~ -"
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|\[::1\]")


def is_token(text: str) -> bool:
    """Whether it can stand in a URL as it is, and is no guess."""
    return bool(_TOKEN.fullmatch(text))


def made_up_token() -> str:
    """A new token of 192 bits."""
    return secrets.token_hex(24)


@dataclass(frozen=True, slots=True)
class Guard:
    """`token` is what a URL's path must start with, empty where anybody on this machine may look; `host` is the name
    that the server was bound to."""

    token: str
    host: str

    def refusal(self, path: str, host: str) -> str | None:
        """Why a request for a path, sent to a host's name, is refused; None if it is not.

        Without a token the name must be one of this machine's own: any website may have a name that leads here (DNS
        rebinding), and its pages could then read ours.
        """
        if self.token:
            given = path.split("/", 2)[1] if path.startswith("/") else ""
            if not hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode()):
                return "open the whole URL that `tbtui serve` printed: its path is the token"
        elif not self._is_own(host):
            return "this is for the names of this machine itself, such as localhost; others need `--token`"
        return None

    def foreign(self, origin: str | None, host: str) -> str | None:
        """Why a websocket is refused that a page from `origin` opens; None if that page is ours.

        Browsers let every website open a websocket to anywhere, and say where that page is from.
        """
        try:
            ours = origin is not None and bool(host) and urlsplit(origin).netloc.lower() == host.lower()
        except ValueError:
            ours = False
        return None if ours else "the websocket is for the page of this server only"

    def _is_own(self, host: str) -> bool:
        name = re.sub(r":\d*$", "", host.lower())
        return bool(_LOOPBACK.fullmatch(name)) or name in (self.host.lower(), f"[{self.host.lower()}]")
