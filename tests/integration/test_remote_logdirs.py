"""Commands on remote logdirs, each through a real server: S3, SSH and HTTP."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import fsspec
import pytest

from tests.builders import FILE_NAME, append, points, records, scalar_event, version_event, write
from tests.integration.remote_servers import SERVERS, HttpServer, S3Server, Serve, Served, SshServer, every_file
from tests.logging_lib.every_kind import write_every_kind
from tests.tui.cli.commands import called

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
LOGS = ("reddyn12+Sb3Test", "janosh+tensorboard-reducer", "aki168+113-financial-big-data-analysis")


@pytest.fixture(params=SERVERS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_what_is_exported_is_what_a_local_logdir_exports(kind: str, serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    write_every_kind(logs / "every kind")
    for name in LOGS:
        if (CORPUS / name).is_dir():
            shutil.copytree(CORPUS / name, logs / name)
    served = serve(kind, logs)
    for what in ("scalars", "histograms", "text"):
        local, remote = (called("export", place, "--kind", what) for place in (logs, served.url))
        assert (remote.returncode, remote.stderr) == (0, local.stderr)
        assert remote.stdout == local.stdout
        assert local.stdout.count("\n") > 1
    local_images, remote_images = tmp_path / "local", tmp_path / "remote"
    for place, target in ((logs, local_images), (served.url, remote_images)):
        assert called("export", place, "--kind", "images", "-o", target).returncode == 0
    names = every_file(local_images)
    assert len(names) > 1
    assert every_file(remote_images) == names
    for name in names:
        assert (remote_images / name).read_bytes() == (local_images / name).read_bytes()


def test_paths_are_shown_as_remote_ones(kind: str, serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    path = write(logs / "run" / FILE_NAME, [version_event(), *points("loss", range(3))])
    path.write_bytes(path.read_bytes() + b"\1" * 40)
    served = serve(kind, logs)
    listed = called("ls", "--json", served.url)
    assert [run["files"] for run in json.loads(listed.stdout)] == [[f"{served.url}/run/{FILE_NAME}"]]
    assert listed.stderr.startswith(f"tbtui: {served.url}/run/{FILE_NAME} at byte ")
    assert str(tmp_path / "cache") not in listed.stdout + listed.stderr


def test_only_new_bytes_are_fetched(kind: str, serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    big = write(logs / "big" / FILE_NAME, [version_event()])
    big.write_bytes(big.read_bytes() + records(points("loss", range(1000))) * 70)
    small = write(logs / "small" / FILE_NAME, [version_event(), *points("loss", range(20))])
    (logs / "small" / "checkpoint.pt").write_bytes(b"w" * 3_000_000)
    served = serve(kind, logs)
    size = big.stat().st_size + small.stat().st_size
    assert size > 2_500_000
    assert called("ls", served.url).returncode == 0
    assert size <= served.link.received <= 1.1 * size
    _no_bodies(served)
    assert called("ls", served.url).returncode == 0
    assert _bodies(served) in (None, 0)
    assert served.link.received < 20_000
    append(small, points("loss", range(20, 25)))
    served.publish(f"small/{FILE_NAME}")
    served.link.received = 0
    exported = called("export", served.url, "--run", "small")
    assert exported.stdout.count("\n") == 26
    new = len(records(points("loss", range(20, 25))))
    assert _bodies(served) in (None, new + 256)
    assert served.link.received < 20_000


def _bodies(served: Served) -> int | None:
    """Bytes of files that were sent; None where encryption hides them."""
    return served.bodies if isinstance(served, S3Server | HttpServer) else None


def _no_bodies(served: Served) -> None:
    served.link.received = 0
    if isinstance(served, S3Server | HttpServer):
        served.bodies = 0


def test_a_server_that_is_killed_while_it_is_read_and_comes_back_loses_nothing(
    kind: str, serve: Serve, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    for run in ("a", "b", "c"):
        write(logs / run / FILE_NAME, [version_event(), *points(f"loss/{run}", range(20_000))])
    served = serve(kind, logs)
    served.link.bytes_per_second = 1_500_000
    command = [sys.executable, "-m", "tui", "export", served.url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while served.link.received < 700_000:
        assert process.poll() is None
        time.sleep(0.01)
    served.stop()
    time.sleep(0.5)
    served.link.bytes_per_second = 0
    served.start()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out == called("export", logs).stdout
    assert out.count("\n") == 60_001


def test_a_link_that_stays_lost_is_an_error_and_no_part_of_the_result(kind: str, serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    write(logs / "run" / FILE_NAME, [version_event(), *points("loss", range(10))])
    served = serve(kind, logs)
    assert called("ls", served.url).returncode == 0
    served.link.cut()
    done = called("ls", served.url)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"tbtui: {served.url}: connection refused\n"


def test_files_that_are_rewritten_cut_or_removed(kind: str, serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    for run in ("cut", "other", "longer", "gone"):
        write(logs / run / FILE_NAME, [version_event(), *points("loss", range(100))])
    served = serve(kind, logs)
    assert called("export", served.url).stdout == called("export", logs).stdout
    time.sleep(1.1)  # of mtimes SFTP and HTTP tell whole seconds
    write(logs / "cut" / FILE_NAME, [version_event(), *points("loss", range(10))])
    write(logs / "other" / FILE_NAME, [version_event(), *(scalar_event("loss", step, 7.0) for step in range(100))])
    write(logs / "longer" / FILE_NAME, [version_event(), *(scalar_event("loss", step, 9.0) for step in range(200))])
    shutil.rmtree(logs / "gone")
    for run in ("cut", "other", "longer", "gone"):
        served.publish(f"{run}/{FILE_NAME}")
    assert called("export", served.url).stdout == called("export", logs).stdout
    assert not list((tmp_path / "cache").glob("*/files/gone"))


def test_a_link_that_leads_nowhere_is_one_line(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = tmp_path / "logs"
    write(logs / "run" / FILE_NAME, [version_event(), *points("loss", range(3))])
    s3, ssh, http = (serve(kind, logs) for kind in ("s3", "ssh", "http"))
    nothing = "there is no such directory or bucket; check the address"
    for url in ("s3://none/runs", f"{ssh.url}/none", f"{http.url}/none"):
        assert _failed(url) == f"{url}: {nothing}"
    assert _failed("ssh://no-such-host.invalid/logs").endswith("no such host; check the name and the network")
    assert _failed("http://no-such-host.invalid/logs").endswith("no such host; check the name and the network")
    assert _failed("nfs4://host/x").startswith("nothing opens nfs4://")
    assert _failed("s3://") == "s3:// needs a host or a bucket: s3://HOST/PATH"
    # Nothing is left of what was never there.
    assert list((tmp_path / "cache").iterdir()) == []
    assert called("ls", "s3://bucket/empty").returncode == 1
    assert isinstance(ssh, SshServer) and isinstance(http, HttpServer) and isinstance(s3, S3Server)
    known = Path(os.environ["HOME"]) / ".ssh" / "known_hosts"
    known.write_text("")
    assert _failed(ssh.url) == (
        f"{ssh.url}: the host's key is not in ~/.ssh/known_hosts; connect once by `ssh 127.0.0.1` to check it"
    )
    http.password = "Basic bWU6c2VjcmV0d29yZA=="  # me:secretword
    assert _failed(http.url).startswith(f"{http.url}: access is denied (HTTP 401 Unauthorized); check user and pass")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    # moto lets everybody in: a bucket that is public needs no keys.
    assert called("ls", s3.url).returncode == 0


def _failed(url: str) -> str:
    done = called("ls", url)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    return line.removeprefix("tbtui: ")


def test_credentials_are_used_and_never_shown_or_stored(serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    path = write(logs / "run" / FILE_NAME, [version_event(), *points("loss", range(3))])
    path.write_bytes(path.read_bytes() + b"\1" * 40)
    http = serve("http", logs)
    assert isinstance(http, HttpServer)
    http.password = "Basic bWU6c2VjcmV0d29yZA=="  # me:secretword
    url = http.url.replace("http://", "http://me:secretword@") + "?token=hushhush"
    done = called("ls", "--json", url)
    assert done.returncode == 0
    assert f"{http.url}/run/{FILE_NAME}" in done.stdout
    said = done.stdout + done.stderr + called("ls", url.replace("secretword", "wrongword")).stderr
    said += called("status", url + "x", url).stderr + called("check", url).stderr
    stored = "".join(
        path.name + path.read_text("latin-1") for path in (tmp_path / "cache").rglob("*") if path.is_file()
    )
    for secret in ("secretword", "wrongword", "hushhush"):
        assert secret not in said
        assert secret not in stored + " ".join(map(str, (tmp_path / "cache").rglob("*")))
    assert "mirror.json" in stored
    (Path(os.environ["NETRC"])).write_text("machine 127.0.0.1 login me password secretword\n")
    assert called("ls", http.url).returncode == 0


def test_names_that_lead_out_of_the_mirror_are_refused(serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    write(logs / "good" / FILE_NAME, [version_event(), *points("loss", range(3))])
    s3 = serve("s3", logs)
    assert isinstance(s3, S3Server)
    data = (logs / "good" / FILE_NAME).read_bytes()
    outside = ("../", "a/../../../", "/abs/", "a//")
    for key in (*(f"{start}{FILE_NAME}" for start in outside), f"{FILE_NAME}{'x' * 300}"):
        s3.put_anything(f"runs/{key}", data)
    done = called("ls", s3.url)
    assert done.stdout.splitlines()[1].startswith("good ")
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr.count("no name for a file below the logdir; not read\n") == 5
    assert [path.name for path in (tmp_path / "cache").rglob("*tfevents*")] == [FILE_NAME]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "home0", "logs"]


def test_index_pages_that_lead_elsewhere_or_never_end(serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    write(logs / "good" / FILE_NAME, [version_event(), *points("loss", range(3))])
    http = serve("http", logs)
    assert isinstance(http, HttpServer)
    links = ["good/", "loop/", "moved/", "?C=N;O=D", "../", "./", "/etc/passwd", "javascript:alert(1)", "http://["]
    links += ["http://elsewhere.invalid/x/", "//elsewhere.invalid/y/", "a%2Fb/", "..%2F..%2Fx.tfevents", "%00.tfevents"]
    page = "".join(f'<a href="{link}">x</a>' for link in links)
    http.pages = {
        "/logs/": page,
        "/logs/moved/": "-> http://elsewhere.invalid/logs/",
        "/logs/loop/": '<a href="loop/">',
    }
    for depth in range(2, 60):
        http.pages["/logs/" + "loop/" * depth] = '<a href="loop/">'
    http.pages["/logs/moved/"] = "-> /logs/moved/"
    done = called("ls", http.url)
    assert done.returncode == 2
    assert done.stderr == f"tbtui: {http.url}: UnexpectedError: redirected without end\n"
    http.pages["/logs/moved/"] = ""
    done = called("ls", http.url)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["run", "good"]
    assert "deeper than 32 directories; what lies below is not read" in done.stderr
    assert "%00.tfevents" not in done.stdout
    http.pages["/logs/"] = "-> http://elsewhere.invalid/logs/"
    assert _failed(http.url).endswith("it is elsewhere now, at host elsewhere.invalid; open that address")


def test_a_web_server_without_ranges_is_read_too(serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    path = write(logs / "run" / FILE_NAME, [version_event(), *points("loss", range(1000))])
    http = serve("http", logs)
    assert isinstance(http, HttpServer)
    http.has_ranges = False
    assert called("export", http.url).stdout == called("export", logs).stdout
    assert http.bodies == path.stat().st_size
    append(path, points("loss", range(1000, 1100)))
    assert called("export", http.url).stdout == called("export", logs).stdout


def test_odd_names_and_symbolic_links_on_a_host_are_those_of_a_local_logdir(serve: Serve, tmp_path: Path) -> None:
    logs, elsewhere = tmp_path / "logs", tmp_path / "elsewhere"
    write(logs / "run" / FILE_NAME, [version_event(), *points("loss", range(3))])
    write(logs / "line\nbreak % ü #1?" / FILE_NAME, [version_event(), *points("loss", range(5))])
    write(logs / os.fsdecode(b"\xff\xfe") / FILE_NAME, [version_event(), *points("loss", range(6))])
    write(elsewhere / "far" / FILE_NAME, [version_event(), *points("loss", range(4))])
    (logs / "run" / "loop").symlink_to(logs)
    (logs / "linked").symlink_to(elsewhere)
    (logs / "nowhere").symlink_to(tmp_path / "none")
    ssh = serve("ssh", logs)
    assert called("export", ssh.url).stdout == called("export", logs).stdout


def test_a_listing_without_end_is_believed_so_far(
    kind: str, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = tmp_path / "logs"
    for run in range(6):
        write(logs / f"run{run}" / FILE_NAME, [version_event(), *points("loss", range(3))])
    served = serve(kind, logs)
    assert called("ls", served.url).stdout.count("\n") == 7
    monkeypatch.setattr("tui.remote.sync.MOST_ENTRIES", 3)
    monkeypatch.setattr("tui.remote.sync.MOST_DIRECTORIES", 3)
    done = called("ls", served.url)
    assert re.fullmatch(f"tbtui: {served.url}: more than 3 (files|directories); the rest is not read\n", done.stderr)
    # What was not listed is not taken for removed.
    assert done.stdout.count("\n") == 7


def test_hosts_of_the_ssh_configuration_and_home_directories(serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    write(logs / "run" / FILE_NAME, [version_event(), *points("loss", range(3))])
    ssh = serve("ssh", logs)
    home = Path(os.environ["HOME"])
    key = (home / ".ssh" / "id_ed25519").rename(home / "other_key")
    (home / ".ssh" / "config").write_text(
        f"Host far\n HostName 127.0.0.1\n Port {ssh.link.port}\n IdentityFile {key}\n"
    )
    user = pwd.getpwuid(os.getuid())
    up = os.path.relpath(logs, user.pw_dir)
    for url in (f"ssh://far{logs}", f"sftp://far/~/{up}"):
        done = called("ls", url)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[1].startswith("run ")
    (home / "authorized_keys").write_text("")
    assert _failed(f"ssh://far{logs}") == (
        f"ssh://far{logs}: access is denied (Permission denied for user {user.pw_name} on host 127.0.0.1); "
        "check user, key or agent by `ssh HOST`, and ~/.ssh/config"
    )
    key.unlink()
    assert _failed(f"ssh://far{logs}") == f"ssh://far{logs}: {key}: No such file or directory"


def test_any_file_system_of_fsspec(serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    write_every_kind(logs)
    memory = fsspec.filesystem("memory")
    for name in every_file(logs):
        memory.pipe_file(f"/some/logs/{name}", (logs / name).read_bytes())
    assert called("export", "memory://some/logs").stdout == called("export", logs).stdout
    assert list((tmp_path / "cache").glob("*/files/run/*/default/tensors.tsv"))


def test_names_and_remote_beside_local(serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    write(logs / "run" / FILE_NAME, [version_event(), *points("loss", range(3))])
    ssh = serve("ssh", logs)
    done = called("status", f"far:{ssh.url}", f"near:{logs}")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("0/2 live")
    # Both are called `logs`, so each goes by where it is.
    both = called("hparams", ssh.url, logs)
    assert both.returncode == 0
    assert f"{ssh.url}/run" in both.stdout
    assert f"{logs}/run" in both.stdout.replace(ssh.url, "")
