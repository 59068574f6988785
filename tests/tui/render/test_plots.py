"""Bars and charts drawn by plotext: exact pictures, and nothing that could end the process."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.render.cells import width
from tui.render.plots import BRAILLE, Line, Stroke, bars, chart

NAN, INF = float("nan"), float("inf")


def test_bars_with_axes() -> None:
    assert bars([0, 1, 2, 3], [1, 2, 3, 4], [1, 4, 0, 2], 18, 6) == [
        "4┤    ████▌       ",
        " │    ████▌       ",
        " │▄▄▄▄████▌  ▐████",
        "0┤████████▌  ▐████",
        " └┬──────────────┬",
        "  0              4",
    ]


def test_ticks_are_those_that_were_asked_for() -> None:
    lines = bars([0, 1], [1, 2], [500, 1000], 16, 6, x_ticks=[(1, "one"), (5, "no")], y_ticks=[(500, "5\n00")])
    assert "one" in lines[-1]
    assert "no" not in lines[-1]
    assert [line[:5] for line in lines if "┤" in line] == ["5\\n00"]


def test_a_single_value_is_a_line() -> None:
    assert sum("▌" in line for line in bars([3], [3], [5], 20, 6)) == 4


@pytest.mark.parametrize("columns", [([], [], []), ([NAN], [1], [1]), ([0], [1], [NAN])])
def test_without_values_the_picture_is_blank(columns: tuple[list[float], ...]) -> None:
    assert bars(*columns, 7, 2) == [" " * 7] * 2


def test_values_that_would_abort_the_process_never_reach_plotext() -> None:
    program = (
        "from tui.render.plots import bars; n = float('nan'); i = float('inf');"
        "print(len(bars([0, n, 2, 3, -1.7e308], [1, 2, i, 4, 1.7e308], [n, 1, 1, i, 1e308], 30, 8,"
        " x_ticks=[(n, 'a'), (i, 'b'), (0, 'c')], y_ticks=[(n, 'a')])))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "8\n")


@settings(max_examples=60, deadline=None)  # the first one loads plotext
@given(
    st.lists(st.tuples(st.floats(), st.floats(), st.floats()), max_size=8),
    st.integers(0, 70),
    st.integers(0, 20),
)
@example([(0.0, 1.0, -1e308), (0.0, 1e-300, 1e-300)], 20, 6)
def test_the_size_is_exact(rows: list[tuple[float, float, float]], columns: int, lines: int) -> None:
    left, right, counts = zip(*rows, strict=True) if rows else ((), (), ())
    drawn = bars(left, right, counts, columns, lines)
    assert [width(line) for line in drawn] == [columns] * lines


def test_threads_draw_one_after_the_other() -> None:
    alone = bars([0, 1], [1, 2], [1, 2], 30, 8)
    drawn: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: drawn.extend(bars([0, 1], [1, 2], [1, 2], 30, 8) for _ in range(5)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [alone] * 20


def test_plotext_is_loaded_only_to_draw() -> None:
    program = "import sys, tui.render.plots; print('plotext' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"


# Charts


def text(lines: list[Line]) -> list[str]:
    return ["".join(part for part, _ in line) for line in lines]


def stroke(*points: tuple[float, float], paint: int = 0, marker: str = BRAILLE) -> Stroke:
    x, y = np.array(points, np.float64).reshape(-1, 2).T
    return Stroke(x, y, paint, marker)


TENTHS = [(share / 10, str(share)) for share in range(0, 11, 5)]


def test_a_chart_with_two_lines_and_a_mark() -> None:
    strokes = [stroke((0, 0), (1, 1)), stroke((0, 1), (1, 1), paint=2), stroke((0.5, 0.5), paint=700, marker="▲")]
    drawn = chart(strokes, 24, 8, x_ticks=TENTHS, y_ticks=[(0, "0"), (1, "10")], x_label="step")
    assert text(drawn) == [
        "10┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⢉⡩⠝⠋⠉",
        "  │            ⢀⡠⠔⠊⠁",
        "  │        ⢀⡠▲⠊⠁",
        "  │    ⢀⡠⠔⠊⠁",
        " 0┤⣀⡠⠔⠊⠁",
        "  └┬─────────┬─────────┬",
        "   0         5        10",
        "           step",
    ]
    assert drawn[0][2:] == [("⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⢉⡩⠝⠋⠉", 2)]
    assert drawn[2][3:] == [("⢀⡠", 0), ("▲", 700), ("⠊⠁", 0)]


@given(st.integers(0, 20), st.integers(8, 30))
def test_a_tick_of_y_stands_in_the_row_of_its_value(twentieths: int, height: int) -> None:
    share = twentieths / 20
    level = chart([stroke((0, share), (1, share))], 30, height, x_ticks=[(0, "0")], y_ticks=[(share, "here")])
    (row,) = (at for at, line in enumerate(text(level)) if "here" in line)
    assert any(part.strip() for part, paint in level[row] if paint == 0)


@given(st.integers(0, 20), st.integers(20, 70))
def test_a_tick_of_x_stands_in_the_column_of_its_value(twentieths: int, width: int) -> None:
    share = twentieths / 20
    marked = stroke((share, 0.5), marker="#")
    lines = text(chart([marked], width, 9, x_ticks=[(share, "x")], y_ticks=[(0, "0"), (1, "1")]))
    (row,) = (line for line in lines if "#" in line)
    (axis,) = (line for line in lines if "└" in line)
    assert row.index("#") == axis.index("┬")


def test_labels_of_x_that_would_touch_are_left_out() -> None:
    crowd = [(share / 20, f"{share}000") for share in range(21)]
    labels = [text(chart([], cells, 8, x_ticks=crowd, y_ticks=[]))[-1].split() for cells in (40, 47, 20)]
    assert labels[0] == ["0000", "5000", "10000", "15000", "20000"]
    assert labels[1] == ["0000", "4000", "8000", "12000", "16000", "20000"]
    assert labels[2] == ["0000", "9000", "18000"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=8), st.integers(0, 60), st.integers(0, 16))
def test_a_chart_is_never_larger_than_asked_for(points: list[tuple[float, float]], columns: int, rows: int) -> None:
    drawn = chart([stroke(*points), stroke(*points, marker="▲")], columns, rows, x_ticks=TENTHS, y_ticks=TENTHS)
    assert len(drawn) == max(rows, 5)
    assert all(width(line) <= max(columns, 10) for line in text(drawn))


def test_escapes_in_labels_never_come_out() -> None:
    evil = [(0.5, "\x1b[2J")]
    assert "\x1b" not in "".join(text(chart([], 40, 8, x_ticks=evil, y_ticks=evil, x_label="\x1b]0;x\x07")))
