"""The Projector tab: the list of embeddings, the points of one, the cursor and what is near to it."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot

from tests import builders
from tests.builders import scalar_event
from tests.tui.app.embeddings import tsv, words
from tests.tui.app.screens import opened, shown, until
from tui.app.keys import HERE, MOVE
from tui.app.widgets.projection_full import ProjectionFull

VIEW = "#projection"


def view(pilot: Pilot[None]) -> ProjectionFull:
    return pilot.app.screen.query_one(VIEW, ProjectionFull)


def label(pilot: Pilot[None]) -> str:
    """The name of the point under the cursor, as the panel says it."""
    return panel(pilot)[0]


def panel(pilot: Pilot[None]) -> list[str]:
    """The lines beside the points."""
    return [line[-40:].strip() for line in shown_lines(pilot)[2:]]


def shown_lines(pilot: Pilot[None]) -> list[str]:
    width = view(pilot).size.width
    return [line.ljust(width) for line in shown(pilot, VIEW).splitlines()]


async def open_words(pilot: Pilot[None]) -> None:
    await pilot.press("2", "enter")
    await until(pilot, lambda: "PC1" in shown(pilot, VIEW))


async def near(pilot: Pilot[None]) -> list[str]:
    """The names of the nearest points, when they are there."""
    await until(pilot, lambda: "computing" not in shown(pilot, VIEW))
    lines = panel(pilot)
    start = next(at for at, line in enumerate(lines) if line.startswith("nearest")) + 1
    return [line.split()[0] for line in lines[start : start + 5]]


async def test_the_list(tmp_path: Path) -> None:
    words(tmp_path)
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "t.tsv").write_text("1\t2\t3\n4\t5\t6\n")
    (tmp_path / "bare" / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "t" tensor_path: "t.tsv" }\n'
        'embeddings { tensor_name: "lost" tensor_path: "lost.tsv" }\n'
        'embeddings { tensor_name: "of a checkpoint" }\n'
    )
    async with opened(tmp_path) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "reading" not in shown(pilot, "#projections"))
        title, *lines = (line.split() for line in shown(pilot, "#projections").splitlines())
        assert title == ["Embeddings", "4", "run", "points", "dimensions", "metadata"]
        assert lines[0][:2] == ["lost", "bare"] and " ".join(lines[0]).endswith("lost.tsv: No such file or directory")
        assert " ".join(lines[1]).startswith("of a checkpoint bare the config names no file")
        assert lines[2] == ["t", "bare", "2", "3", "-"]
        assert lines[3][0] == "words" and lines[3][-4:] == ["word2vec", "24", "4", "yes"]
        await pilot.press("slash", *"^w", "enter")
        assert [line.split()[0] for line in shown(pilot, "#projections").splitlines()[1:]] == ["words"]
        await pilot.press("slash", *"zzz", "enter")
        assert "no embedding matches" in shown(pilot, "#projections")
        await pilot.press("slash", "escape", "tab", "space")
        assert "words" not in shown(pilot, "#projections") and "lost" in shown(pilot, "#projections")


async def test_the_points_of_an_embedding(tmp_path: Path) -> None:
    words(tmp_path)
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        title, legend, *_ = shown_lines(pilot)
        assert title.split()[:6] == ["words", "24", "points", "×", "4", "dimensions"]
        assert title.split()[-6:] == ["→", "PC1", "75%", "↑", "PC2", "25%"]
        assert legend.split() == ["kind", "●", "animal", "▲", "fruit", "■", "city"]
        points = "\n".join(line[:-42] for line in shown_lines(pilot)[2:])
        assert all(mark in points for mark in "●▲■")
        assert "cherry" in points and "Oslo" in points
        await pilot.press("escape")
        assert pilot.app.query_one("#projections").display


async def test_the_cursor_goes_to_the_next_point_in_a_direction(tmp_path: Path) -> None:
    words(tmp_path)
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        assert "An arrow or a click puts the cursor on a point" in " ".join(panel(pilot))
        await pilot.press("home")
        assert label(pilot) == "cat"
        assert panel(pilot)[1:4] == ["#0 of 24", "kind  animal", "size  0.0"]
        x, y = view(pilot).plane(view(pilot).points)[:2]  # type: ignore[arg-type]
        for key, moved in (("right", (1, 0)), ("left", (-1, 0)), ("up", (0, 1)), ("down", (0, -1))):
            before = view(pilot).cursor
            await pilot.press(key)
            after = view(pilot).cursor
            assert before is not None and after is not None
            if before != after:
                assert (x[after] - x[before]) * moved[0] + (y[after] - y[before]) * moved[1] > 0
        await pilot.press("end")
        assert label(pilot) == "Prague"
        await pilot.press("comma", "comma", "full_stop")
        assert label(pilot) == "Vienna"
        await pilot.press("pageup")
        assert label(pilot) == "grape"
        await pilot.press("escape")
        assert view(pilot).cursor is None and view(pilot).display


async def test_a_walk_by_arrows_reaches_every_kind(tmp_path: Path) -> None:
    words(tmp_path)
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        seen = set()
        for key in ["right"] * 12 + ["left"] * 12 + ["up"] * 8 + ["down"] * 16:
            await pilot.press(key)
            seen.add(panel(pilot)[2])
        assert seen == {"kind  animal", "kind  fruit", "kind  city"}


async def test_neighbours_by_either_distance(tmp_path: Path) -> None:
    words(tmp_path)
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        await pilot.press("home")
        assert (await near(pilot))[:3] == ["dog", "horse", "lion"]
        assert "nearest by cosine distance" in panel(pilot)
        await pilot.press("D")
        assert (await near(pilot))[:3] == ["dog", "lion", "horse"]
        assert "nearest by euclidean distance" in panel(pilot)
        await pilot.press("c")
        rows = list(csv.DictReader(io.StringIO(pilot.app.clipboard)))
        assert [row["label"] for row in rows[:3]] == ["cat", "dog", "lion"]
        assert len(rows) == 24 and float(rows[1]["euclidean_distance"]) == math.sqrt(2 / 16 + 1 / 1024)
        assert "copied 23 neighbours as CSV" in shown(pilot, "KeysLine")


async def test_a_search_marks_names_and_goes_through_them(tmp_path: Path) -> None:
    words(tmp_path)
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        await pilot.press("n")
        assert "nothing is searched for" in shown(pilot, "KeysLine")
        await pilot.press("slash", *"^p", "enter")
        await until(pilot, lambda: "/^p  6 found" in shown(pilot, VIEW))
        names = []
        for _ in range(7):
            await pilot.press("n")
            names.append(label(pilot))
        assert names == ["pig", "pear", "plum", "peach", "Paris", "Prague", "pig"]
        await pilot.press("slash", "escape")
        assert "found" not in shown(pilot, VIEW)
        await pilot.press("escape", "escape")
        assert "words" in shown(pilot, "#projections")  # the search is no filter of the list


async def test_colours_and_components_by_keys(tmp_path: Path) -> None:
    words(tmp_path)
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        await pilot.press("C")
        assert shown_lines(pilot)[1].split() == ["size", "0", "█" * 10, "34.5"]
        await pilot.press("C")
        assert "C colours by kind" in shown_lines(pilot)[1]
        await pilot.press("C")
        assert "animal" in shown_lines(pilot)[1]
        pairs = []
        for _ in range(6):
            await pilot.press("g")
            pairs.append([word for word in shown_lines(pilot)[0].split() if word.startswith("PC")])
        assert pairs == [["PC1", "PC3"], ["PC2", "PC3"], ["PC1", "PC4"], ["PC2", "PC4"], ["PC3", "PC4"], ["PC1", "PC2"]]
        before = shown(pilot, VIEW)
        await pilot.press("space")
        assert "cherry" in before and "cherry" not in shown(pilot, VIEW)


async def test_zoom_and_pan(tmp_path: Path) -> None:
    words(tmp_path)
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        await pilot.press("home", "plus", "plus")
        zoom = view(pilot).zoom
        assert zoom is not None
        x, y, whole = view(pilot).plane(view(pilot).points)  # type: ignore[arg-type]
        assert whole is not None
        assert zoom.x1 - zoom.x0 == pytest.approx((whole.x1 - whole.x0) / 4)
        assert zoom.x0 <= x[0] <= zoom.x1 and zoom.y0 <= y[0] <= zoom.y1
        await pilot.press("end")  # the view follows the cursor
        zoom = view(pilot).zoom
        assert zoom is not None and zoom.x0 <= x[23] <= zoom.x1 and zoom.y0 <= y[23] <= zoom.y1
        for key in ("shift+left", "shift+right", "shift+up", "shift+down"):
            await pilot.press(*[key] * 9)
            zoom = view(pilot).zoom
            assert zoom is not None
            assert zoom.x0 >= whole.x0 - 1e-9 and zoom.x1 <= whole.x1 + 1e-9
        await pilot.press("minus", "minus", "minus")
        assert view(pilot).zoom is None
        await pilot.press("plus", "0")
        assert view(pilot).zoom is None


async def test_the_mouse_does_what_keys_do(tmp_path: Path) -> None:
    words(tmp_path)
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        row, line = next((y, line) for y, line in enumerate(shown_lines(pilot)) if "cherry" in line[:-42])
        column = line.index("cherry") - 2
        await pilot.click(VIEW, offset=(column, row))
        assert label(pilot) == "cherry"
        scrolled(pilot, events.MouseScrollUp, column, row)
        await pilot.pause()
        zoom, whole = view(pilot).zoom, view(pilot).plane(view(pilot).points)[2]  # type: ignore[arg-type]
        assert zoom is not None and whole is not None
        assert zoom.x1 - zoom.x0 == pytest.approx(0.8 * (whole.x1 - whole.x0))
        scrolled(pilot, events.MouseScrollLeft, column, row)
        await pilot.pause()
        assert view(pilot).zoom != zoom
        await pilot.click(VIEW, offset=(column, row), times=2)
        assert view(pilot).zoom is None


def scrolled(pilot: Pilot[None], kind: type[events.MouseEvent], x: int, y: int) -> None:
    """Turn the wheel over a cell of the view."""
    event = kind(view(pilot), x, y, 0, 0, 0, False, False, False, screen_x=x, screen_y=y)
    view(pilot).post_message(event)


async def test_points_that_are_nowhere_are_not_gone_to(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [scalar_event("loss", 0, 1.0)])
    (tmp_path / "t.tsv").write_text("nan\t1\n1\t0\n0\t1\ninf\t0\n3\t2\n")
    (tmp_path / "projector_config.pbtxt").write_text('embeddings { tensor_name: "t" tensor_path: "t.tsv" }')
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        assert "2 not shown: NaN or infinite" in shown(pilot, VIEW)
        await pilot.press("slash", "#", "enter", "plus")
        await until(pilot, lambda: "/#  3 found" in shown(pilot, VIEW))
        seen = []
        for key in ("n", "n", "n", "n", "home", "end", "comma"):
            await pilot.press(key)
            seen.append(label(pilot))
        assert seen == ["#1", "#2", "#4", "#1", "#1", "#4", "#2"]


@pytest.mark.parametrize("table", ["7\n", "1\n2\n3\n", "5\t5\n5\t5\n", "3e38\t1\n-3e38\t2\n", "nan\n"])
async def test_points_that_are_hardly_a_plane(tmp_path: Path, table: str) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [scalar_event("loss", 0, 1.0)])
    (tmp_path / "t.tsv").write_text(table)
    (tmp_path / "projector_config.pbtxt").write_text('embeddings { tensor_name: "t" tensor_path: "t.tsv" }')
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        await pilot.press("home", "right", "up", "plus", "plus", "shift+left", "g", "D", "C", "c", "minus", "0")
        await until(pilot, lambda: "computing" not in shown(pilot, VIEW))
        assert "PC1" in shown(pilot, VIEW)


async def test_export(tmp_path: Path) -> None:
    words(tmp_path / "runs")
    async with opened(tmp_path / "runs") as pilot:
        await open_words(pilot)
        await pilot.press("g", "e")
        await until(pilot, lambda: "24 points to tbtui-words.csv" in shown(pilot, "KeysLine"))
        rows = list(csv.DictReader(io.StringIO(Path("tbtui-words.csv").read_text(encoding="utf-8"))))
        assert [row["label"] for row in rows[:2]] == ["cat", "dog"]
        assert set(rows[0]) == {"point", "label", "PC1", "PC3"}


async def test_files_that_cannot_be_read_are_told_of_and_read_when_they_are_there(tmp_path: Path) -> None:
    directory = words(tmp_path)
    (directory / "words.tsv").rename(directory / "later.tsv")
    async with opened(tmp_path) as pilot:
        await pilot.press("2", "enter")
        await until(pilot, lambda: "words.tsv: No such file or directory" in " ".join(shown(pilot, VIEW).split()))
        (directory / "later.tsv").rename(directory / "words.tsv")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: "PC1" in shown(pilot, VIEW))
        (directory / "words.tsv").write_text("1\t2\n3\n")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: "no table of numbers: the number of" in " ".join(shown(pilot, VIEW).split()))


async def test_what_files_say_is_escaped(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [scalar_event("loss", 0, 1.0)])
    (tmp_path / "t.tsv").write_text(tsv(np.eye(3)))
    (tmp_path / "m.tsv").write_text("na\x1b[31mme\tk\nx\x07\ta\x1b]2;t\ny\ta\x1b]2;t\nz\tb\n")
    (tmp_path / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "w\\033[5m" tensor_path: "t.tsv" metadata_path: "m.tsv" }'
    )
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        await pilot.press("home", "C")
        text = shown(pilot, VIEW)
        assert "\x1b" not in text and "\x07" not in text
        assert r"w\x1b[5m" in text and r"x\x07" in text


async def test_a_run_that_is_hidden_has_no_points(tmp_path: Path) -> None:
    words(tmp_path)
    async with opened(tmp_path) as pilot:
        await open_words(pilot)
        await pilot.press("a")
        assert "no visible run has this embedding: a shows all" in shown(pilot, VIEW)
        await pilot.press("right", "g", "C", "D", "n", "c", "e", "plus", "a")
        await until(pilot, lambda: "PC1" in shown(pilot, VIEW))


async def test_every_key_may_be_pressed_at_any_time(tmp_path: Path) -> None:
    words(tmp_path)
    async with opened(tmp_path) as pilot:
        for key in (*MOVE, *HERE):  # before anything is open
            await pilot.app.run_action(key.id, default_namespace=view(pilot))
        await pilot.press("1", "2", "home", "enter")
        for key in (*MOVE, *HERE):  # while the points are computed
            if key.id != "leave":
                await pilot.app.run_action(key.id, default_namespace=view(pilot))
        await until(pilot, lambda: "PC1" in shown(pilot, VIEW))
        for key in (*MOVE, *HERE, *MOVE):
            if key.id != "leave":
                await pilot.app.run_action(key.id, default_namespace=view(pilot))
        assert "PC1" in shown(pilot, VIEW)


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (60, 16), (40, 12), (40, 10), (24, 6)])
async def test_it_fits_any_window(tmp_path: Path, size: tuple[int, int]) -> None:
    words(tmp_path)
    async with opened(tmp_path, size=size) as pilot:
        await pilot.press("2", "enter")
        await until(pilot, lambda: "words" in shown(pilot, VIEW) and not pilot.app.shared.embeddings.cache.waits)  # type: ignore[attr-defined]
        await pilot.press("home", "plus", "g")
        await pilot.pause()
        lines = shown(pilot, VIEW).splitlines()
        assert len(lines) <= view(pilot).size.height
        assert all(len(line) <= view(pilot).size.width for line in lines)
