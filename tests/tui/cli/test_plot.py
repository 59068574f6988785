"""`tbtui plot`: exact charts, plain where they are piped, every point counted, and what is left out is said."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from logging_lib.tfevents.proto import event_pb2, summary_pb2
from tests import builders
from tests.tui.cli.commands import called, imported_by, only_line, tbtui

NAN, INF = float("nan"), float("inf")


def write(place: Path, tag: str, values: Iterable[float], every: int = 1, begin: float = builders.WALL_TIME) -> None:
    events = [builders.scalar_event(tag, step * every, value, begin + 60 * step) for step, value in enumerate(values)]
    builders.write(place / builders.FILE_NAME, events)


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    write(tmp_path / "a", "loss", [4, 3, 2, 1, 0], every=10)
    write(tmp_path / "b", "loss", [0, 2, 4], every=20)
    return tmp_path


def plotted(*arguments: object) -> str:
    shown = called("plot", *arguments)
    assert (shown.returncode, shown.stderr) == (0, "")
    return shown.stdout


def test_a_chart(logdir: Path) -> None:
    assert plotted(logdir, "--width", 40, "--height", 9).splitlines() == [
        "loss",
        "   │⠉⠒⠢⠤◆⣀                        ⢀▲⠤⠔⠒⠉",
        "   │      ⠉⠑⠒⠤⢄⣀            ⢀⣀⠤⠔⠒⠉⠁",
        "2.5┤            ⠉⠑⠒⠤⢄⣀⢀⣀⠤⠔⠒⠉⠁",
        "   │            ⣀▲⠤⠒⠊⠉⠉⠑⠒⠤◆⣀",
        "   │      ⣀⡠⠤⠒⠊⠉            ⠉⠑⠒⠤⢄⣀",
        "  0┤⣀⠤⠔⠒⠉⠉                        ⠉⠉⠒⠢⠤⣀",
        "   └┬─────────────────────┬─────────────",
        "    0                     25",
        "                   step",
        " ◆ a  0  min 0 @40",
        " ▲ b  4  min 0 @0",
    ]


def test_nothing_escapes_and_the_width_is_that_of_a_mail(logdir: Path) -> None:
    shown = tbtui("plot", logdir, "--tag", "loss")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "\x1b" not in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) == 80


def test_colours_are_those_that_are_asked_for(logdir: Path) -> None:
    found = {
        colours: set(re.findall(r"\x1b\[([0-9;]*)m", plotted(logdir, "--colours", colours, "--height", 8)))
        for colours in ("truecolor", "256", "16", "8", "none")
    }
    assert found == {
        "truecolor": {"0", "1", "2", "38;2;194;52;164", "38;2;221;127;39"},
        "256": {"0", "1", "2", "38;5;133", "38;5;172"},
        "16": {"0", "1", "2", "33", "35"},
        "8": {"0", "1", "2", "33", "35"},
        "none": set(),
    }


def test_smoothing_is_tensorboards(logdir: Path) -> None:
    lines = plotted(logdir, "--run", "b", "--smooth", 0.5, "--height", 8).splitlines()
    # 0, then (0 + 1) / 0.75 = 1.33, then (0.5 + 2) / 0.875 = 2.86; the window is that of the values as logged.
    assert lines[1:6] == [
        "   │",
        "2.5┤                                                                 ⣀▲⣀⣀⣀⠤⠤⠤⠤⠤⠒",
        "   │                                            ⢀⣀⣀▲⣀⡠⠤⠤⠤⠤⠔⠒⠒⠒⠒⠒⠉⠉⠉⠉⠉",
        "   │                     ⢀⣀⣀⣀⣀⣀⡠▲⠤⠤⠤⠤⠔⠒⠒⠒⠒⠒⠊⠉⠉⠉⠉⠁",
        "  0┤⣀⣀⣀⣀⠤⠤⠤⠤⠤▲⠒⠒⠒⠒⠒⠊⠉⠉⠉⠉⠉⠁",
    ]
    assert lines[-1] == " smoothed 0.5"


def test_ascii(logdir: Path) -> None:
    shown = plotted(logdir, "--ascii", "--width", 40, "--height", 9)
    assert shown.splitlines()[1:3] == [
        "   |'---d.                        .^---'",
        "   |      ''--..            ..---''",
    ]
    assert shown.isascii()
    assert shown.splitlines()[-2:] == [" d a  0  min 0 @40", " ^ b  4  min 0 @0"]


def test_what_cannot_be_drawn_is_said(tmp_path: Path) -> None:
    write(tmp_path, "loss", [1, NAN, 0.1, INF, -1, 0.01])
    linear = plotted(tmp_path, "--height", 8)
    assert linear.splitlines()[-1] == " 2 points NaN or infinite: not drawn"
    assert ("×" in linear, "▴" in linear, "▾" in linear) == (True, True, False)
    logarithmic = plotted(tmp_path, "--height", 8, "--log")
    assert logarithmic.splitlines()[-1] == " logarithmic y; 3 points NaN, infinite or not above 0: not drawn"
    assert "▾" in logarithmic


def test_nothing_to_draw_is_said(tmp_path: Path) -> None:
    write(tmp_path, "loss", [NAN, INF])
    assert plotted(tmp_path) == "loss\n every value is NaN or infinite\n"
    write(tmp_path, "loss", [-1, 0])
    assert plotted(tmp_path, "--log") == "loss\n no value above 0 to draw on a logarithmic axis\n"


def test_points_without_a_time_are_said(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("step,time,loss\n1,1700000000,3\n2,,2\n3,1700000002,1\n")
    assert plotted(tmp_path, "--x", "relative").splitlines()[-1] == " 1 point without a wall time: not drawn"
    (tmp_path / "metrics.csv").write_text("step,loss\n1,3\n2,2\n")
    assert plotted(tmp_path, "--x", "wall") == "loss\n no point has a wall time; by step it can be drawn\n"


def test_outliers_lie_beyond_the_axis(tmp_path: Path) -> None:
    write(tmp_path, "loss", [*([1.0, 2.0] * 30), 1e6])
    assert plotted(tmp_path, "--height", 8).splitlines()[1].startswith("1M┤")
    inside = plotted(tmp_path, "--height", 8, "--no-outliers")
    assert inside.splitlines()[-1] == " 1 outlier beyond the y axis"
    assert "▴" in inside
    assert not inside.splitlines()[1].startswith("1M")


def test_a_spike_among_many_points_is_seen(tmp_path: Path) -> None:
    write(tmp_path, "loss", [1.0] * 4000 + [50.0] + [1.0] * 4000)
    assert plotted(tmp_path, "--height", 8).splitlines()[1:4] == [
        "  │                                      ⣾",
        "40┤                                      ⣿",
        "  │                                      ⣿",
    ]


def test_x_as_times(logdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    relative = plotted(logdir, "--x", "relative")
    assert relative.splitlines()[-4].split() == ["0", "1m", "2m", "3m", "4m"]
    assert "time since the run's first point" in relative
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        wall = plotted(logdir, "--x", "wall").splitlines()
    time.tzset()
    assert wall[-4].split() == ["22:14", "22:15", "22:16", "22:17"]


def test_superseded_points_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "loss", [1, 2, 9, 9])
    later = tmp_path / builders.FILE_NAME.replace("1700000000", "1700009999")
    builders.write(later, [builders.scalar_event("loss", step, 0.5, 1.70001e9 + step) for step in (2, 3)])
    lines = plotted(tmp_path, "--height", 8).splitlines()
    assert lines[-1] == " 2 superseded points left out"
    assert lines[-2].endswith("  0.5  min 0.5 @2")


def test_of_many_runs_the_best_are_drawn(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path / f"run{number}", "acc", [number / 10])
        write(tmp_path / f"other{number}", "lr", [1], begin=builders.WALL_TIME + number)
    accuracies = plotted(tmp_path, "--tag", "acc", "--runs", 2).splitlines()
    assert [line.split()[1] for line in accuracies[-3:-1]] == ["run3", "run4"]
    assert accuracies[-1] == " the 2 best of 5 runs"
    rates = plotted(tmp_path, "--tag", "lr", "--runs", 2).splitlines()
    assert [line.split()[1] for line in rates[-3:-1]] == ["other3", "other4"]
    assert rates[-1] == " the 2 newest of 5 runs"


def test_a_group_in_one_chart(tmp_path: Path) -> None:
    events = [builders.scalar_event(tag, step, step) for tag in ("loss/train", "loss/val", "acc") for step in (1, 2)]
    builders.write(tmp_path / "run" / builders.FILE_NAME, events)
    together = plotted(tmp_path, "--tag", "", "--together", "--height", 8)
    assert [line for line in together.splitlines() if line in ("acc", "loss")] == ["acc", "loss"]
    legend = [line.split() for line in together.splitlines() if " · " in line]
    assert [line[1:4] for line in legend] == [["run", "·", "train"], ["run", "·", "val"]]
    assert legend[0][0] != legend[1][0]


def histogram(tag: str, step: int, counts: list[float]) -> event_pb2.Event:
    limits = [float(limit) for limit in range(len(counts))]
    proto = summary_pb2.HistogramProto(min=-1, max=limits[-1], num=sum(counts), bucket_limit=limits, bucket=counts)
    return builders.event(builders.Value(tag=tag, histo=proto), step=step)


def test_histograms(tmp_path: Path) -> None:
    events = [histogram("w", 1, [0, 8]), histogram("w", 7, [0, 2, 6])]
    builders.write(tmp_path / "run" / builders.FILE_NAME, events)
    newest = plotted(tmp_path, "--hist", "--width", 30, "--height", 7)
    assert newest.splitlines() == [
        "w  run  step 7",
        "1┤                  ▐█████████",
        " │                  ▐█████████",
        " │                  ▐█████████",
        " │                  ▐█████████",
        "0┤████████████████████████████",
        " └─────────┬─────────────────┬",
        "           0                 2",
        " 8 values, mean 1.125, std 0.6495",
    ]
    assert plotted(tmp_path, "--hist", "--step", 3).splitlines()[0] == "w  run  step 1"
    assert plotted(tmp_path, "--hist", "--log").endswith("; log counts\n")


def test_names_from_files_are_escaped(tmp_path: Path) -> None:
    write(tmp_path / "run\x1b[2J", "loss\x1b]0;x\x07\u202e", [1, 2])
    shown = plotted(tmp_path, "--colours", "16")
    assert r"loss\x1b]0;x\x07\u202e" in shown
    assert r"run\x1b[2J" in shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown).count("\x1b") == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--tag", "nope"], "no scalars match --run and --tag; `tbtui tags` lists the tags"),
        (["--hist"], "no histograms match --run and --tag; `tbtui tags` lists the tags"),
        (["--run", "nope"], "no run matches --run; `tbtui ls` lists the runs"),
    ],
)
def test_nothing_matched_is_exit_code_1(logdir: Path, options: list[str], message: str) -> None:
    shown = called("plot", logdir, *options)
    assert (shown.returncode, shown.stdout, only_line(shown.stderr)) == (1, "", f"tbtui: {message}")


@pytest.mark.parametrize("options", [["--width", "1"], ["--smooth", "1"], ["--runs", "0"], ["--step", "-1"]])
def test_mistakes(logdir: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        called("plot", logdir, *options)
    assert exit.value.code == 2


def test_a_step_is_of_histograms(logdir: Path) -> None:
    shown = called("plot", logdir, "--step", 5)
    assert (shown.returncode, only_line(shown.stderr)) == (2, "tbtui: --step chooses a histogram: add --hist")


@pytest.mark.parametrize("option", ["--together", "--smooth=0.5", "--x=wall"])
def test_what_is_for_scalars_is_not_ignored_with_histograms(option: str, logdir: Path) -> None:
    shown = called("plot", logdir, "--hist", option)
    message = "tbtui: --together, --smooth and --x are for scalars: leave them out with --hist"
    assert (shown.returncode, only_line(shown.stderr)) == (2, message)


def test_it_needs_neither_textual_nor_torch(logdir: Path) -> None:
    assert imported_by(["plot", str(logdir)], {"textual", "torch", "rich.console"}, logdir) == set()
