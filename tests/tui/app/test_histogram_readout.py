"""What the full histogram view says in numbers."""

from __future__ import annotations

import math

import pytest

from tests.tui.analysis.histograms import buckets
from tests.tui.app.views import blob_series
from tui.app.blob_steps import step_line
from tui.app.distributions import distribution
from tui.app.histogram_readout import bucket_lines, columns, found_in, line_of, readout_csv, share
from tui.app.histograms import Shown, View
from tui.reader.payload import LoggedHistogram

LOGGED = distribution(LoggedHistogram(buckets((0, 1, 10), (1, 2, 30), (2, 2, 4), (2, 5, 0), (6, 7, 6)), num=60.0))


def shown(found: bool = True, superseded: bool = False) -> Shown:
    series = blob_series([40], superseded=[0] if superseded else None)
    return Shown(series, step_line(series, superseded=True), 0, [0], {0: LOGGED} if found else {})


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.25, 0.5, (0.0, 1.0, 1, 10.0, 10.0)),
        (0.5, 1.5, (0.0, 2.0, 2, 40.0, 40.0)),
        (1.9, 2.1, (1.0, 5.0, 3, 34.0, 44.0)),
        (3.0, 4.0, (2.0, 5.0, 1, 0.0, 44.0)),
        (5.1, 5.9, None),
        (6.9, 7.0, (6.0, 7.0, 1, 6.0, 50.0)),
    ],
)
def test_the_logged_buckets_that_a_bin_lies_in(low: float, high: float, expected: tuple[float, ...] | None) -> None:
    assert found_in(LOGGED, low, high) == expected


def test_the_columns_of_a_run() -> None:
    texts = {column.head: column.text(shown()) for column in columns(View.BARS, (0.5, 1.5), 200)}
    assert texts == {
        "step": "40", "values": "50", "mean ± std": "1.94 ± 1.74", "zeros": "", "at ends": "", "NaN/Inf": "17%",
        "buckets here": "2 in [0, 2]", "count": "40", "share": "80%", "up to here": "80%",
    }  # fmt: skip
    assert all(column.text(shown(found=False)) in ("", "40", "reading…") for column in columns(View.BARS, None, 200))
    assert columns(View.BARS, None, 200)[0].text(shown(superseded=True)) == "(40)"


@pytest.mark.parametrize(
    ("cells", "pointed", "line"),
    [
        (60, None, "  step 40  NaN/Inf 17%  1.94 ± 1.74  values 50"),
        (34, None, "  step 40  NaN/Inf 17%  values 50"),
        (40, (0.5, 1.5), "  step 40  2 in [0, 2]  count 40"),
        (12, None, "  step 40"),
        (3, None, ""),
    ],
)
def test_one_line_without_a_heading(cells: int, pointed: tuple[float, float] | None, line: str) -> None:
    assert line_of(View.BARS, pointed, shown(), cells) == line


def test_percentiles_have_columns_of_their_own() -> None:
    found = columns(View.PERCENTILES, None, 200)
    assert [column.head for column in found[:10]] == [
        "step", "min", "7%", "16%", "31%", "50%", "69%", "84%", "93%", "max",
    ]  # fmt: skip
    assert [column.text(shown()) for column in found[1:10:4]] == ["0", "1.5", "7"]


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("pointed", [None, (0.0, 1.0)])
def test_columns_fit_and_what_matters_most_stays(view: View, pointed: tuple[float, float] | None) -> None:
    for cells in range(220):
        found = columns(view, pointed, cells)
        assert sum(column.cells for column in found) <= cells
        if cells >= 60 and pointed:
            assert "buckets here" in [column.head for column in found]
        if 42 <= cells < 53 and view is View.PERCENTILES and not pointed:
            assert [column.head for column in found] == ["step", "min", "50%", "max"]


@pytest.mark.parametrize(
    ("part", "text"), [(0.0, ""), (1e-6, "<0.1%"), (0.021, "2.1%"), (1.0, "100%"), (math.nan, "some")]
)
def test_shares(part: float, text: str) -> None:
    assert share(part) == text


def test_numbers_as_csv() -> None:
    head, row = (line.split(",") for line in readout_csv([shown()]).splitlines())
    assert head[:7] == ["run", "tag", "step", "wall_time", "count", "mean", "std"]
    assert head[7:16] == ["min", "p7", "p16", "p31", "p50", "p69", "p84", "p93", "max"]
    assert head[16:] == ["zeros", "at_ends", "nan_or_inf"]
    told = dict(zip(head, row, strict=True))
    assert (told["run"], told["tag"], told["step"], told["count"]) == ("run", "weight", "40", "50.0")
    assert (told["min"], told["p50"], told["max"]) == ("0.0", "1.5", "7.0")
    assert float(told["nan_or_inf"]) == pytest.approx(1 / 6)
    assert len(readout_csv([shown(found=False)]).splitlines()[1].split(",")) == len(head)


def test_buckets_as_csv() -> None:
    assert list(bucket_lines(shown()))[:2] == [
        "run,weight,40,1700000040.0,0.0,1.0,10.0\n",
        "run,weight,40,1700000040.0,1.0,2.0,30.0\n",
    ]
    assert len(list(bucket_lines(shown()))) == 5
    assert list(bucket_lines(shown(found=False))) == []
