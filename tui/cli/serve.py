"""`tbtui serve LOGDIR...`: the screen in a browser."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence

from tui.cli.errors import CommandError
from tui.cli.help_text import LOGDIR_HELP
from tui.cli.logdirs import parse_logdirs
from tui.cli.reading import tell
from tui.cli.screen_options import add_screen_options, screen_arguments, start_of
from tui.render.text import printable
from tui.serve.guard import ALLOWED_TOKEN, Guard, is_token, made_up_token

_PORT = 8000
_NEXT_PORTS = 20  # tried where that one is taken
_RANDOM = "random"
_VARIABLE = "TBTUI_TOKEN"
_DESCRIPTION = """Show the screen on a web page, which needs nothing from elsewhere: each browser tab has a screen of
its own. Only this machine can open it, unless --host says otherwise; then the URL has a token in it, and whoever has
the URL sees the logs."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "serve",
        usage="%(prog)s LOGDIR... [OPTIONS]",
        help="show the screen in a browser",
        description=_DESCRIPTION,
    )
    parser.add_argument("logdirs", metavar="LOGDIR", nargs="+", help=LOGDIR_HELP)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0: all; default: %(default)s")
    parser.add_argument(
        "--port", metavar="N", type=_port, help=f"0: any that is free; default: {_PORT}, or the next that is free"
    )
    parser.add_argument(
        "--token", help=f"{ALLOWED_TOKEN}, that the URL must have; {_RANDOM}: made up. Or in the variable {_VARIABLE}"
    )
    add_screen_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes; returns the exit code, 0 after Ctrl+C.

    Raises:
        CommandError: the options, the logdirs or the address are no good, or textual-serve is missing.
    """
    try:
        from tui.serve.screen_process import screen_command
        from tui.serve.server import Server, missing_files
    except ImportError as error:
        raise CommandError(f"serve needs textual-serve ({error}): pip install 'tbtui[serve]'") from None
    if missing := missing_files():
        raise CommandError(f"this textual-serve has no {missing[0]}: pip install --force-reinstall 'tbtui[serve]'")
    _check_screen(arguments)
    token = _token(arguments.token)
    with _listening(arguments.host, arguments.port) as (listening, address):
        is_open = not address.is_loopback
        token = token or (made_up_token() if is_open else "")
        url = _url(arguments.host, address, listening.getsockname()[1], token)
        title = printable(" ".join(["tbtui", *arguments.logdirs]))
        command = screen_command(screen_arguments(arguments))
        server = Server(command, title, Guard(token, arguments.host), tell)
        number = asyncio.run(server.serve([listening], lambda: _announce(url, is_open=is_open)))
    return 0 if number == signal.SIGINT else 128 + number


def _check_screen(arguments: argparse.Namespace) -> None:
    """What a screen would refuse is refused before anybody opens one."""
    parse_logdirs(arguments.logdirs)
    if arguments.images in ("kitty", "sixel"):
        raise CommandError(f"--images {arguments.images}: the page's terminal has no pixels; leave it out")
    for complaint in start_of(arguments).complaints:
        tell(complaint)


def _token(given: str | None) -> str:
    text = os.environ.get(_VARIABLE, "") if given is None else given
    if text == _RANDOM:
        return made_up_token()
    if (text or given is not None) and not is_token(text):
        raise CommandError(f"a token is {ALLOWED_TOKEN}; `--token {_RANDOM}` makes one up")
    return text


@contextlib.contextmanager
def _listening(
    host: str, port: int | None
) -> Iterator[tuple[socket.socket, ipaddress.IPv4Address | ipaddress.IPv6Address]]:
    """A socket on the host's first address, and that address."""
    try:
        family, _, _, _, (address, *_) = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError(f"--host {printable(host)}: {reason}; give an address of this machine") from None
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bind(listening, str(address), range(_PORT, _PORT + _NEXT_PORTS) if port is None else [port])
        yield listening, ipaddress.ip_address(str(address).partition("%")[0])


def _bind(listening: socket.socket, address: str, ports: Sequence[int]) -> None:
    for port in ports:
        try:
            listening.bind((address, port))
            return
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port != ports[-1]:
                continue
            which = f"port {port}" if len(ports) == 1 else f"ports {ports[0]} to {ports[-1]}"
            away = error.errno == errno.EADDRNOTAVAIL
            instead = "give an address of this machine" if away else "`--port 0` takes any that is free"
            raise CommandError(f"cannot listen on {address}, {which}: {error.strerror}; {instead}") from None


def _url(host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int, token: str) -> str:
    name = socket.gethostname() if address.is_unspecified else host
    name = f"[{name}]" if ":" in name else name
    return f"http://{name}:{port}/{token}{'/' if token else ''}"


def _announce(url: str, *, is_open: bool) -> None:
    if is_open:
        tell(
            "warning: other machines can reach this, unencrypted: whoever has the URL sees the logs and has exports"
            " written here; an SSH tunnel to a loopback address is safer"
        )
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()
    if sys.stderr.isatty():
        tell("open this URL in a browser; Ctrl+C ends it and all its screens")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 16):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)
