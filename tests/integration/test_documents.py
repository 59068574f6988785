"""Every command of the documents and of `--help` is run as a reader would type it, on the logs of the demo."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from logging_lib import SummaryWriter
from tests.documents import PAGES, ROOT, blocks, commands
from tests.terminal import Terminal
from tui.cli.main import COMMANDS

TIMEOUT = 90
EXCUSED: dict[str, str] = {
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/tbtui demo": "as a user: .ci/release",
    "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest": "the first step of .ci/run",
    ".ci/compat oldest tests/tui/reader -n 2": "installs for minutes what docs/reliability.md has the figures of",
    ".ci/compat newest": "likewise",
    ".ci/compat python 3.13": "likewise",
    "python -m twine upload dist/*": "uploads a release",
    ".venv/bin/ruff check . && .venv/bin/ruff format .": "two steps of .ci/run",
    ".venv/bin/mypy": "a step of .ci/run",
    "python -m tests.fuzz": "a step of .ci/run",
    ".venv/bin/coverage run --branch --source=logging_lib/tfevents,tui/reader,tui/store,tui/ingest -m pytest -n 0 "
    "tests/logging_lib/tfevents tests/tui/reader tests/tui/store tests/tui/ingest": "takes half an hour",
    ".venv/bin/coverage report": "what that found",
    "python -m tests.fuzz remote media --seconds 1800 --corpus fuzzed": "takes half an hour",
    "python -m tests.fuzz media --input fuzzed/media-crash-0123": "by a target's name: tests/fuzz/test_targets.py",
    ".venv/bin/lint-imports": "a step of .ci/run",
    ".venv/bin/pytest tests/tui/app/test_snapshots.py -n 0 --snapshot-update": "overwrites what the tests compare with",
    ".venv/bin/python docs/draw_pictures.py [NAME...]": "overwrites docs/pictures; what it draws: tests/test_docs.py",
    "python docs/draw_pictures.py": "overwrites docs/pictures; what it draws: tests/test_docs.py",
    ".venv/bin/python docs/write_keys.py": "overwrites docs/keys.md; what it writes: tests/tui/app/test_keys.py",
    "python docs/write_keys.py": "overwrites docs/keys.md; what it writes: tests/tui/app/test_keys.py",
    "python -m venv PEERS && PEERS/bin/pip install tensorboard tensorboard-data-server tbparse terminalboard":
        "other programs, for benchmarks/bench_peers.py",
    "python -m http.server": "not ours",
    "python -m tui": "the name of a command in a sentence",
    "ssh -L 8000:127.0.0.1:8000 login.cluster": "not ours",
    "tbtui s3://bucket/runs": "needs the bucket: tests/integration/test_remote_screen.py",
    "tbtui ssh://host/runs --x wall": "needs the host: tests/integration/test_remote_screen.py",
    "tbtui new:ssh://me@cluster/scratch/runs old:runs/": "needs the host: tests/integration/test_remote_logdirs.py",
    "tbtui export https://host/logs -o points.csv": "needs the host: tests/integration/test_remote_logdirs.py",
    "tbtui export runs/ --format parquet --dask tcp://scheduler:8786 -o points/":
        "needs the scheduler: tests/integration/test_dask.py",
    "tbtui export runs/ --format parquet --dask scheduler.json --kind histograms -o histograms/":
        "needs the scheduler: tests/integration/test_dask.py",
    "tbtui export LOGDIR --format parquet -o DIR --dask [SCHEDULER]":
        "needs the scheduler: tests/integration/test_dask.py",
    "tbtui completion fish | source": "by fish: tests/tui/cli/test_completion.py",
    'eval "$(tbtui completion zsh)"': "by zsh: tests/tui/cli/test_completion.py",
    "set -g status-right '#(tbtui status runs/)'": "tmux's own; what stands in parentheses is run",
}  # fmt: skip
"""What is not run here, and why; where a file is named, it runs what is like it, or checks what comes of it."""
PLACES = {
    "LOGDIR...": "runs/", "LOGDIR": "runs/", "[DIR]": "", "DIRECTORY": "data", "DIR": "new/", "[OPTIONS]": "",
    "FILE": "runs/a/events.out.tfevents.1",
}  # fmt: skip
WHERE = commands()
# Makes the protobuf code anew, with an old protoc from a package index.
EXCUSED |= {line: "not ours" for line in WHERE if "grpc_tools.protoc" in line}
# A word alone is the name of a command in a sentence.
LINES = [line for line in WHERE if line not in EXCUSED and line.removeprefix("tbtui ") not in set(COMMANDS) - {"demo"}]
TOOL = re.compile(r"(?:\.venv/bin/)?python -m ((?:benchmarks|tests)\.\w+)|(\.ci/\w+)")
TOOLS = [line for line in LINES if TOOL.match(line)]
TESTS = [line for line in LINES if line.startswith(".venv/bin/pytest ")]
INSTALLS = [line for line in LINES if line.removeprefix(".venv/bin/").startswith("pip ")]


def filled(line: str) -> str:
    """What stands for something is put in its place."""
    for word, text in PLACES.items():
        line = line.replace(word, text)
    return line.strip()


def opens_screen(line: str) -> bool:
    first, *others = line.removeprefix("tbtui ").split()
    prints = first in ("--version", "--help", "--headless") or "--headless" in others
    return line.startswith("tbtui ") and not prints and (first not in COMMANDS or first == "demo")


SCREENS = [line for line in LINES if opens_screen(filled(line))]
SERVERS = [line for line in LINES if line.startswith("tbtui serve ")]
PRINTING = [line for line in LINES if line not in {*TOOLS, *TESTS, *INSTALLS, *SCREENS, *SERVERS}]


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs of the demo, a run with sound, and a run that is called `a`."""
    logdir = tmp_path_factory.mktemp("documents") / "runs"
    command = [sys.executable, "-m", "tui", "demo", "--headless", "0", logdir]
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
    with SummaryWriter(logdir / "sound") as writer:
        writer.add_audio("tone", np.zeros(800), 1)
    (log,) = (logdir / "lr_0.01_sgd").iterdir()
    (logdir / "a").mkdir()
    shutil.copy(log, logdir / "a" / "events.out.tfevents.1")
    return logdir


@pytest.fixture
def place(logs: Path, tmp_path: Path) -> Path:
    """A working directory with logs, and with the programs that the documents call."""
    for name in ("runs", "runs_a", "runs_b"):
        (tmp_path / name).symlink_to(logs)
    programs, temporary = tmp_path / "bin", tmp_path / "tmp"
    for directory in (programs, temporary):
        directory.mkdir()
    for name, script in (
        ("tbtui", f'exec {sys.executable} -m tui "$@"'),
        ("python", f'exec {sys.executable} "$@"'),
        ("mail", 'cat > "mail to $3"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    (tmp_path / "train.py").write_text(
        "import sys\nfrom logging_lib import SummaryWriter\nwith SummaryWriter(sys.argv[2]) as writer:\n"
        "    for step in range(9):\n        writer.add_scalar('Loss/train', 1 / (1 + step), step)\n"
    )
    return tmp_path


def environment(place: Path) -> dict[str, str]:
    """As of a user who has nothing but this directory, in a job of Slurm's."""
    job = {"SLURM_JOB_ID": "lr_0.01_sgd", "SLURM_JOB_NAME": "train", "USER": "me"}
    own = {"HOME": str(place), "TMPDIR": str(place / "tmp"), "PATH": f"{place / 'bin'}:{os.environ['PATH']}"}
    return {**os.environ, **job, **own}


def run(line: str, place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line], cwd=place, env=environment(place), text=True,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("line", PRINTING)
def test_a_command_does_what_it_says(line: str, place: Path) -> None:
    before = {path.name for path in place.iterdir()}
    if line.startswith("#!"):  # a job has a directory of its own
        (place / "runs").unlink()
    done = run(filled(line), place)
    # In the demo's runs there is something to be found.
    assert (done.returncode, done.stderr) == (1 if line.startswith("tbtui check") else 0, "")
    written = {path.name for path in place.iterdir()} - before
    assert done.stdout or written or line.startswith("eval ")
    for name in re.findall(r"(?:-o |> )\"?([\w.$-]+)", filled(line)):
        assert name.replace("$SLURM_JOB_ID", "lr_0.01_sgd") in written


@pytest.mark.parametrize("line", SCREENS)
def test_a_screen_opens_and_closes(line: str, place: Path) -> None:
    command = f"cd {shlex.quote(str(place))} && exec {filled(line)}"
    with Terminal("bash", "-c", command, columns=120, lines=40, **environment(place)) as screen:
        screen.until_shown("lr_0.01_adam")
        screen.until_shown("Loss")
        screen.press(b"q")
        assert screen.end() == 0
        assert screen.restored


@pytest.mark.parametrize("line", SERVERS)
def test_a_server_answers_and_ends(line: str, place: Path) -> None:
    process = subprocess.Popen(
        ["bash", "-c", f"exec {filled(line)}"], cwd=place, env=environment(place), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdout is not None and process.stderr is not None
        try:
            url = process.stdout.readline().strip()
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
                assert b"<title>" in answer.read()
            process.send_signal(signal.SIGINT)
            assert (process.wait(TIMEOUT), process.stderr.read()) == (0, "")
        finally:
            process.kill()


@pytest.mark.parametrize("line", TOOLS)
def test_a_tool_is_there_with_its_options(line: str) -> None:
    """Benchmarks and checks of minutes to hours each: what came of them stands in the document."""
    found = TOOL.match(line)
    assert found is not None
    module, script = found.groups()
    path = ROOT / (script or module.replace(".", "/"))
    files = [path] if script else path.glob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert script or (path / "__main__.py").exists() or '__name__ == "__main__"' in source
    assert [word for word in line.split() if word.startswith("--") and word not in source] == []


@pytest.mark.parametrize("line", TESTS)
def test_tests_are_there(line: str) -> None:
    """They are run by .ci/run themselves."""
    paths = [word for word in line.split()[1:] if "/" in word]
    assert paths and all((ROOT / path).exists() for path in paths)


def test_snippets_of_python(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of two guides are run by tests/tui/library/test_library.py and tests/logging_lib/test_guide.py."""
    snippets = {page.name: blocks(page, "python") for page in PAGES}
    assert {name for name, found in snippets.items() if found} == {
        "README.md", "export.md", "library.md", "logging.md"
    }  # fmt: skip
    (readme,), (export,) = snippets["README.md"], snippets["export.md"]
    monkeypatch.chdir(place)
    (place / "runs").unlink()
    exec(compile(readme, "README.md", "exec"), {"loss": 0.5})
    shown = run("tbtui ls runs/", place)
    assert shown.stdout.splitlines()[1].split()[:5] == ["first", "live", "1", "1000", "999"]
    assert run("tbtui export runs_a/ --format parquet -o points/ --dask", place).returncode == 0
    without_spark = export.replace('spark.read.parquet("points/")\n', "")
    assert without_spark != export
    exec(compile(without_spark, "export.md", "exec"), {})


def test_extras_are_there() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = {name for line in INSTALLS for name in re.findall(r"tbtui\[(\w+)\]", line)}
    assert named >= {"parquet", "remote", "serve"}
    assert named <= extras.keys()


def test_nothing_is_excused_that_is_gone_or_that_nobody_checks() -> None:
    assert set(EXCUSED) - set(WHERE) == set()
    files = re.findall(r"[\w./]+/[\w.]+", "\n".join(EXCUSED.values()))
    assert {name for name in files if not (ROOT / name).exists()} == set()


def test_all_kinds_are_there() -> None:
    assert len(PRINTING) >= 40
    assert len(SCREENS) >= 8
    assert {line.split()[1] for line in [*PRINTING, *SERVERS] if line.startswith("tbtui ")} >= set(COMMANDS)
