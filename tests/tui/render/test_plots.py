"""Bars drawn by plotext: exact pictures, and nothing that could end the process."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.render.cells import width
from tui.render.plots import bars

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
