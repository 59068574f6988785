"""What went wrong on the way to a remote directory: one line, and whether trying again soon may help."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass
from urllib.parse import quote

from tui.remote.address import Address


@dataclass(frozen=True, slots=True)
class Trouble:
    """`text` says what is wrong and what to do; `lasting` where it stays so until somebody does something."""

    text: str
    lasting: bool


_ACCESS = {
    "s3": "check the keys (AWS_PROFILE, AWS_ACCESS_KEY_ID... or ~/.aws) and that they may list and read it",
    "gs": "check GOOGLE_APPLICATION_CREDENTIALS or `gcloud auth application-default login`",
    "ssh": "check user, key or agent by `ssh HOST`, and ~/.ssh/config",
    "http": "check user and password, in ~/.netrc for one",
}
_ALIKE = {"s3a": "s3", "gcs": "gs", "sftp": "ssh", "https": "http"}
# Of botocore, asyncssh and aiohttp, none of which need be installed.
_NO_CREDENTIALS = {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "DefaultCredentialsError"}
_HOST_KEY = {"HostKeyNotVerifiable"}
_CERTIFICATE = {"ClientConnectorCertificateError", "SSLCertVerificationError", "SSLError"}
_SETTINGS = {"ConfigParseError", "InvalidConfigError", "InvalidURL", "InvalidUrlClientError", "ParamValidationError"}
_NETWORK = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.ECONNABORTED: "connection reset",
    errno.EPIPE: "connection reset",
    errno.ETIMEDOUT: "the server does not answer",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "the network is unreachable",
}
_LONGEST = 200


def explain(error: BaseException, address: Address) -> Trouble:
    """What an error of any protocol means for this address; without the address's credentials."""
    trouble = _explained(error, address)
    text = trouble.text
    for secret in (address.query, address.password, quote(address.password, safe="", errors="surrogateescape")):
        text = text.replace(secret, "***") if secret else text
    return Trouble(text, trouble.lasting)


def _explained(error: BaseException, address: Address) -> Trouble:
    chain = list(_causes(error))
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    if (lasting := _lasting(error, chain, names, address)) is not None:
        return Trouble(lasting, True)
    for one in chain:
        if isinstance(one, OSError) and one.errno in _NETWORK:
            return Trouble(_NETWORK[one.errno], False)
    return Trouble(f"{type(error).__name__}: {_said(error)}" if _said(error) else _named(error), False)


def _lasting(error: BaseException, chain: list[BaseException], names: set[str], address: Address) -> str | None:
    """What somebody has to do something about; None where waiting may help."""
    access = _ACCESS.get(_ALIKE.get(address.protocol, address.protocol), "check the credentials")
    if names & _NO_CREDENTIALS:
        return f"no credentials found; {access}"
    if names & _HOST_KEY:
        host = address.place.partition(":")[0]
        return f"the host's key is not in ~/.ssh/known_hosts; connect once by `ssh {host}` to check it"
    if names & _CERTIFICATE:
        return f"the server's certificate cannot be verified ({_said(error)})"
    if names & _SETTINGS:
        return _said(error)
    if any(_is_unknown_host(one) for one in chain):
        return "no such host; check the name and the network"
    if isinstance(error, OSError) and error.filename:  # a key, a configuration or the mirror: no file over there
        return f"{error.filename}: {_said(error)}"
    if isinstance(error, PermissionError):
        return f"access is denied ({_said(error)}); {access}"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "there is no such directory or bucket; check the address"
    if isinstance(error, ImportError):
        return f"{_said(error)}; pip install 'tbtui[remote]'"
    return None


def disk_is_full(error: BaseException) -> bool:
    """Whether there is no room for the mirror."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _said(error: BaseException) -> str:
    text = " ".join(str(error.strerror if isinstance(error, OSError) and error.strerror else error).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _named(error: BaseException) -> str:
    timeouts = ("FSTimeoutError", "TimeoutError", "ServerTimeoutError", "SocketTimeoutError")
    return "the server does not answer" if type(error).__name__ in timeouts else type(error).__name__


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or following.__context__ or getattr(following, "os_error", None)
    return chain


def _is_unknown_host(error: BaseException) -> bool:
    unknown = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
    return isinstance(error, socket.gaierror) and error.errno in unknown
