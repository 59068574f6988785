"""Runs of which only outlines are in memory: rows, chart and header say so, and nothing is exported of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.builders import WALL_TIME
from tests.tui.app.still import READ, showing
from tests.tui.app.views import of_runs, scalar_series
from tui.app.widgets.scalar_chart import ScalarChart
from tui.app.widgets.scalar_rows import ScalarRows
from tui.app.widgets.status import Header, KeysLine


async def test_what_is_an_outline_says_so() -> None:
    whole = [scalar_series(np.linspace(1, 0, 50), run=run) for run in ("a", "b")]
    thin = [replace(series, version=3, left_out=950) for series in whole]
    snapshot = replace(of_runs("a", "b"), scalars={series.key: series for series in thin})
    async with showing(snapshot, now=WALL_TIME) as (pilot, main):
        header, rows = main.query_one(Header), main.query_one(ScalarRows)
        assert "outline" in rows.text
        main.show(snapshot, replace(READ, again=2))
        assert "reading 2 runs again" in header.text
        main.show(snapshot, replace(READ, in_outline=1))
        assert "1 run in outline" in header.text
        await pilot.press("enter")
        await pilot.press("s", "s")
        chart = main.query_one(ScalarChart)
        assert "2 of 2 curves in outline" in chart.text.splitlines()[0]
        assert chart.text.count("outline") == 3  # the title, and two smoothed values
        await pilot.press("e")
        await pilot.pause()
        assert (
            "nothing exported: 2 curves in outline; hide other runs, or raise --memory" in main.query_one(KeysLine).text
        )
        main.show(replace(snapshot, version=2, scalars={series.key: series for series in whole}), READ)
        await pilot.pause()
        assert "outline" not in chart.text + header.text
