"""Tasks on a Dask cluster. The only module that imports dask, an optional dependency: import it where it is needed."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import tempfile
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from multiprocessing.resource_tracker import ensure_running
from typing import Any, NamedTuple
from uuid import uuid4

import distributed
from dask.system import CPU_COUNT
from distributed.comm.addressing import parse_address, parse_host_port
from distributed.comm.registry import get_backend

from tui.cli.errors import CommandError
from tui.cli.reading import tell
from tui.render.text import printable

_CONNECT_SECS = 10.0
_WORKER_SECS = 5.0  # without a worker for so long, that is told
_SAFE = "PYTHONSAFEPATH"
_NOISY = ("distributed", "tornado", "asyncio", "bokeh")


class Outcome(NamedTuple):
    """What came of the task at a place in the sequence: what it returned, or else why it failed."""

    at: int
    result: str
    failure: str


# Does tasks, each a text that a worker turns into another one, in any order.
Do = Callable[[Sequence[str]], Generator[Outcome, None, None]]


@contextlib.contextmanager
def on_cluster(scheduler: str, most_workers: int) -> Iterator[Do]:
    """What does tasks on the cluster of a scheduler, which is an address or a file; or, where it is empty, on one of
    our own, which ends with this.

    Raises:
        CommandError: there is no such scheduler, or what it does for us comes to an end.
    """
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="tbtui-dask-") as directory:
        warnings.simplefilter("ignore")
        _hush()
        with _client(scheduler, most_workers, directory) as client:
            yield partial(_do, client, printable(scheduler) or "the local cluster")


def _hush() -> None:
    """What goes wrong is told by us; dask tells of much that does not."""
    for name in (*_NOISY, *logging.root.manager.loggerDict):
        if name.partition(".")[0] in _NOISY:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


@contextlib.contextmanager
def _client(scheduler: str, most_workers: int, directory: str) -> Iterator[distributed.Client]:
    if not scheduler:
        with (
            _nothing_imported_from_here(),
            _local_cluster(most_workers, directory) as cluster,
            distributed.Client(cluster, set_as_default=False) as client,
        ):
            yield client
        return
    shown = printable(scheduler)
    try:
        address = _address(scheduler)
        scheme, place = parse_address(address)
        get_backend(scheme)  # else half a client would be made, and tell of its end
        parse_host_port(place)
        client = distributed.Client(address, timeout=_CONNECT_SECS, set_as_default=False)
    except (OSError, ValueError, KeyError, TypeError) as error:  # the last three: what it says is no address
        reason = str(error) or type(error).__name__
        raise CommandError(f"no Dask scheduler at {shown}: {printable(reason).splitlines()[0]}") from None
    with client:
        yield client


@contextlib.contextmanager
def _nothing_imported_from_here() -> Iterator[None]:
    """Processes that are started meanwhile take no module from the working directory, which may be a logdir."""
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE]
        else:
            os.environ[_SAFE] = before


def _local_cluster(most_workers: int, directory: str) -> distributed.LocalCluster:
    """A process a core, or as many as there is work for, on a loopback address.

    They do not hear of Ctrl+C, which a terminal sends them too: this process ends them. A process inherits the mask of
    the thread that starts it, and a thread that of the one that starts it.
    """
    ensure_running()  # else this would unblock the signal later on
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        return distributed.LocalCluster(
            n_workers=max(1, min(CPU_COUNT, most_workers)), threads_per_worker=1, processes=True, host="127.0.0.1",
            dashboard_address=None, silence_logs=logging.CRITICAL + 1, local_directory=directory,
        )  # fmt: skip
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _address(scheduler: str) -> str:
    """The address that a scheduler is given by, or that its file has."""
    if "://" in scheduler or not os.path.lexists(scheduler):
        return scheduler
    with open(scheduler, encoding="utf-8") as file:  # noqa: PTH123 - may be anything
        found: dict[str, Any] = json.load(file)
    return str(found["address"])


def _do(client: distributed.Client, shown: str, tasks: Sequence[str]) -> Generator[Outcome, None, None]:
    keys = [f"tbtui-{uuid4().hex}" for _ in tasks]
    places = {key: at for at, key in enumerate(keys)}
    futures: list[distributed.Future] = []
    try:
        _wait_for_worker(client, shown)
        futures = client.map(_worker_function(), tasks, key=keys, pure=False)
        for future in distributed.as_completed(futures, loop=client.loop):
            yield _outcome(future, places.pop(future.key), shown)
    except OSError:  # the connection's
        raise _lost(shown) from None
    finally:
        with contextlib.suppress(OSError):  # a scheduler that is gone has nothing to be cancelled
            client.cancel([future for future in futures if future.key in places])


def _wait_for_worker(client: distributed.Client, shown: str) -> None:
    """Wait a little, and tell where there still is none: a batch system may start some later."""
    try:
        client.wait_for_workers(1, timeout=_WORKER_SECS)
    except TimeoutError:
        tell(f"{shown} has no workers yet; waiting for one, Ctrl+C gives up")


def _lost(shown: str) -> CommandError:
    return CommandError(f"{shown} was lost; what is finished is kept, call again for the rest")


def _outcome(future: distributed.Future, at: int, shown: str) -> Outcome:
    """What came of it; CommandError where nothing will come of the others either."""
    if future.status in ("lost", "pending"):
        # The worker that had the result has died before it was fetched: another one does it again.
        next(iter(distributed.as_completed([future], loop=future.client.loop)))
    if future.status == "finished":
        result: str = future.result()
        if result.startswith("!"):
            raise CommandError(f"worker {printable(result[1:])}")
        return Outcome(at, result, "")
    if future.status != "error":
        raise _lost(shown)
    error = future.exception()
    if isinstance(error, distributed.KilledWorker):
        return Outcome(at, "", "the workers that read it died; they may need more memory")
    return Outcome(at, "", f"{type(error).__name__}: {error}")


def _worker_function() -> Callable[[str], str]:
    """What a worker calls. It is sent as it is, not by its name: tbtui need not be where the scheduler is, and where it
    is missing on a worker that can be told."""

    def work(text: str) -> str:
        from importlib import import_module

        from distributed import get_worker

        try:
            do = import_module("tui.cli.export.run_task").do
        except ImportError as error:
            result = f"!it cannot import tbtui ({error}): pip install 'tbtui[dask]' there"
        else:
            result = do(text)
        return f"!{get_worker().address}: {result[1:]}" if result.startswith("!") else result

    return work
