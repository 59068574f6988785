"""The Meshes tab: tags that make a mesh, what is read of it, how it is turned."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot

from logging_lib.tfevents import plugins
from tests import builders
from tests.tui.app.meshes import CORNERS, SIDES, cube, mesh_event, meshes
from tests.tui.app.screens import opened, shown, until
from tui.app import meshes as app_meshes
from tui.app.blob_steps import Place
from tui.app.keys import HERE, MOVE
from tui.app.meshes import MeshPicture, MeshSnapshot, MeshSource, read_picture, read_whole, write_obj
from tui.app.widgets import mesh_full
from tui.app.widgets.mesh_full import MeshFull
from tui.ingest.ingester import Ingester
from tui.model import SeriesKey
from tui.reader.named_logdir import LogDir
from tui.reader.payload import PayloadError
from tui.render.raster import Raster
from tui.render.wireframe import Solid, draw_edges
from tui.store.snapshot import StoreSnapshot

VIEW, LIST = "#mesh", "#meshes"


def read(logdir: Path, *items: object) -> StoreSnapshot:
    if items:
        builders.write(logdir / "run" / builders.FILE_NAME, items)  # type: ignore[arg-type]
    return Ingester([LogDir("", logdir)]).read_all()


def source(snapshot: StoreSnapshot, name: str, place: Place | None = None, entry: int = 0) -> MeshSource | None:
    found = MeshSnapshot()
    found.of(snapshot)
    return found.source(SeriesKey("run", name, plugins.MESH), place, entry, superseded=False)


def picture(snapshot: StoreSnapshot, name: str, place: Place | None = None, entry: int = 0) -> MeshPicture:
    found = source(snapshot, name, place, entry)
    assert found is not None
    return read_picture(found)


# What is read


def test_the_tags_of_a_mesh_are_one(tmp_path: Path) -> None:
    snapshot = read(meshes(tmp_path))
    found = MeshSnapshot()
    made = found.of(snapshot)
    assert {key.tag: series.steps.tolist() for key, series in made.blobs.items()} == {
        "cube": [0, 10, 20],
        "batch": [5],
        "cloud/points": [5],
    }
    assert found.of(snapshot) is made and found.of(made) is made
    assert made.runs is snapshot.runs


def test_the_numbers_of_a_mesh(tmp_path: Path) -> None:
    snapshot = read(meshes(tmp_path))
    found = picture(snapshot, "cube", Place(10))
    assert (found.vertices, found.faces, found.batch, found.notes) == (8, 12, 1, ())
    assert found.box is not None and found.box.high == pytest.approx((2, 2, 2))
    np.testing.assert_allclose(found.points, (2 * CORNERS - 1) / np.sqrt(3), rtol=1e-6)
    np.testing.assert_array_equal(found.drawn, SIDES)
    assert len(found.edges) == 18
    assert found.owners is not None and len(set(found.owners.tolist())) == 8
    cloud = picture(snapshot, "cloud/points")
    assert (cloud.vertices, cloud.faces, len(cloud.edges), cloud.owners) == (11, 0, 0, None)


def test_each_of_a_batch(tmp_path: Path) -> None:
    snapshot = read(meshes(tmp_path))
    for entry, size in ((0, 1), (1, 2), (2, 3), (9, 3)):
        found = picture(snapshot, "batch", entry=entry)
        assert found.batch == 3 and found.box is not None and found.box.size == (size, size, size)


def test_faces_may_be_logged_once(tmp_path: Path) -> None:
    first, second = cube(1), {"VERTEX": cube(3)["VERTEX"]}
    snapshot = read(tmp_path, mesh_event("m", first, 0), mesh_event("m", second, 7))
    found = picture(snapshot, "m")
    assert (found.faces, found.box and found.box.size) == (12, (3, 3, 3))


def test_what_cannot_be_drawn_is_left_out_and_told_of(tmp_path: Path) -> None:
    vertices = CORNERS[np.newaxis].copy()
    vertices[0, 7] = np.nan
    faces = np.concatenate([SIDES, [[0, 1, 99]]])[np.newaxis]
    colours = np.zeros((1, 5, 3), np.uint8)
    snapshot = read(tmp_path, mesh_event("m", {"VERTEX": vertices, "FACE": faces, "COLOR": colours}))
    found = picture(snapshot, "m")
    assert found.notes == ("7 faces of no such vertices", "5 colours are not as many as vertices")
    assert (found.faces, len(found.drawn), found.owners) == (13, 6, None)
    assert np.isfinite(found.points).all()


@pytest.mark.parametrize("scale", [5e-324, 1e-200, 1e200, 1.7e308])
def test_vertices_of_any_size_are_drawn(tmp_path: Path, scale: float) -> None:
    """What float32 cannot hold, too; the squares of these are zero or infinite."""
    seen, lost = (2 * CORNERS.astype(np.float64) - 1) * scale, [[np.inf, 1.7e308, 0], [np.nan, 0, -1.7e308]]
    vertices = np.concatenate([seen, lost])
    snapshot = read(tmp_path, mesh_event("m", {"VERTEX": vertices[np.newaxis], "FACE": SIDES[np.newaxis]}))
    found = picture(snapshot, "m")
    np.testing.assert_allclose(found.points, (2 * CORNERS - 1) / np.sqrt(3), rtol=1e-6)
    assert found.box is not None and found.box.high == (scale, scale, scale)
    alone = picture(read(tmp_path / "alone", mesh_event("m", {"VERTEX": vertices[np.newaxis]})), "m")
    assert np.isnan(alone.points[8:]).all() and np.isfinite(alone.points[:8]).all()
    none = picture(read(tmp_path / "none", mesh_event("m", {"VERTEX": vertices[np.newaxis, 8:]})), "m")
    assert (none.box, none.vertices) == (None, 2)


def test_vertices_far_from_zero_keep_their_places(tmp_path: Path) -> None:
    """In metres of a map: float32 would move them by a quarter."""
    vertices = np.array([500_000.0, 5_400_000.0, 100.0]) + CORNERS.astype(np.float64) / 10
    found = picture(read(tmp_path, mesh_event("m", {"VERTEX": vertices[np.newaxis]})), "m")
    np.testing.assert_allclose(found.points, (2 * CORNERS - 1) / np.sqrt(3), rtol=1e-6)


def test_large_meshes_are_drawn_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_meshes, "MOST_FACES", 5)
    monkeypatch.setattr(app_meshes, "MOST_POINTS", 4)
    snapshot = read(meshes(tmp_path))
    found = picture(snapshot, "cube")
    assert (len(found.drawn), found.faces, found.notes) == (4, 12, ("4 of 12 faces drawn",))
    np.testing.assert_allclose(found.points[found.drawn], (2 * CORNERS[SIDES[::3]] - 1) / np.sqrt(3), rtol=1e-6)
    assert picture(snapshot, "cloud/points").notes == ("4 of 11 vertices drawn",)
    monkeypatch.setattr(app_meshes, "MOST_BYTES", 100)
    with pytest.raises(PayloadError, match=r"a mesh of \d+ B, 100 B at most$"):
        picture(snapshot, "cube")


def test_a_mesh_without_vertices_or_of_another_shape(tmp_path: Path) -> None:
    flat = mesh_event("flat", {"VERTEX": np.zeros((4, 3), np.float32)})
    snapshot = read(tmp_path, mesh_event("m", {"FACE": SIDES[np.newaxis]}), flat)
    assert source(snapshot, "m") is None
    with pytest.raises(PayloadError, match=r"shape \[4, 3\]"):
        picture(snapshot, "flat")
    nothing = read(tmp_path, mesh_event("m", {"VERTEX": np.zeros((0, 5, 3), np.float32)}))
    assert picture(nothing, "m").box is None


def test_an_obj_has_the_whole_mesh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_meshes, "MOST_FACES", 1)
    found = source(read(meshes(tmp_path)), "cube", Place(0))
    assert found is not None
    stream = io.StringIO()
    assert write_obj(stream, read_whole(found)) == 8
    lines = stream.getvalue().splitlines()
    assert (lines[0], lines[7], lines[8], len(lines)) == ("v 0 0 0 0 0 0", "v 1 1 1 1 1 1", "f 1 2 4", 20)


# The screen


def view(pilot: Pilot[None]) -> MeshFull:
    return pilot.app.screen.query_one(VIEW, MeshFull)


def drawn(pilot: Pilot[None]) -> str:
    """What is below the lines with numbers."""
    return "\n".join(shown(pilot, VIEW).splitlines()[3:])


async def open_mesh(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press("2", *keys, "enter")
    await until(pilot, lambda: "vertices" in shown(pilot, VIEW))


async def test_the_list_tells_how_large_meshes_are(tmp_path: Path) -> None:
    async with opened(meshes(tmp_path)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "reading" not in shown(pilot, LIST))
        lines = [line.split() for line in shown(pilot, LIST).splitlines()]
        assert lines[0] == ["Tags", "3", "vertices", "faces", "size", "batch", "entries", "step"]
        words = {line[0]: line[2:] for line in lines[1:] if len(line) > 3}
        assert words["cube"] == ["8", "12", "3", "×", "3", "×", "3", "1", "3", "20"]
        assert words["batch"] == ["8", "12", "1", "×", "1", "×", "1", "3", "1", "5"]
        assert words["points"] == ["11", "0", "10", "×", "2", "×", "1", "1", "1", "5"]


async def test_a_mesh_its_numbers_and_its_steps(tmp_path: Path) -> None:
    async with opened(meshes(tmp_path)) as pilot:
        await open_mesh(pilot, "down")
        title, numbers, box = shown(pilot, VIEW).splitlines()[:3]
        assert title.split()[:6] == ["cube", "step", "20", "(3", "of", "3)"]
        assert numbers.split() == ["8", "vertices", "12", "faces", "coloured"]
        assert box.split("  ") == [" x 0 … 3 (3)", "y 0 … 3 (3)", "z 0 … 3 (3)"]
        await pilot.press("left", "left")
        await until(pilot, lambda: "x 0 … 1 (1)" in shown(pilot, VIEW))
        assert "step 0" in shown(pilot, VIEW)
        await pilot.press("escape")
        await until(pilot, lambda: "1 × 1 × 1" in shown(pilot, LIST))  # the step is chosen everywhere


async def test_all_axes_of_the_box_are_told_in_any_window(tmp_path: Path) -> None:
    event = mesh_event("m", {"VERTEX": (3 * CORNERS + np.float32(1 / 3))[np.newaxis]})
    builders.write(tmp_path / builders.FILE_NAME, [event])
    async with opened(tmp_path, size=(80, 20)) as pilot:
        await pilot.press("2", "enter")
        long = "x 0.3333 … 3.333 (3)  y 0.3333 … 3.333 (3)  z 0.3333 … 3.333 (3)"
        await until(pilot, lambda: long in shown(pilot, VIEW))
        await pilot.resize_terminal(62, 20)
        await until(pilot, lambda: "x 0.3333 … 3.333  y 0.3333 … 3.333  z 0.3333 … 3.333" in shown(pilot, VIEW))
        await pilot.resize_terminal(40, 20)
        await until(pilot, lambda: "size 3 × 3 × 3" in shown(pilot, VIEW))


async def test_it_turns_and_zooms_on_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    solids: list[Solid] = []

    def draw(solid: Solid, width: int, height: int) -> Raster:
        solids.append(solid)
        return draw_edges(solid, width, height)

    monkeypatch.setattr(mesh_full, "draw_edges", draw)
    async with opened(meshes(tmp_path)) as pilot:
        await open_mesh(pilot, "down")
        first = drawn(pilot)
        await pilot.press("y", "O")  # has nothing to do with meshes, as has new data
        assert (drawn(pilot), len(solids)) == (first, 1)
        for way in ("faces", "vertices", "edges"):
            await pilot.click(VIEW, offset=(shown(pilot, VIEW).splitlines()[0].rindex(way) + 1, 0))
            assert (view(pilot).shown_as, drawn(pilot) == first) == (way, way == "edges")
        for key in ("shift+left", "shift+down", "plus", "minus", "g", "g", "g"):
            before = drawn(pilot)
            await pilot.press(key)
            assert drawn(pilot) != before, key
        await pilot.press("0")
        assert drawn(pilot) == first
        await pilot.press("shift+right", "shift+up", "shift+left", "shift+down")
        assert drawn(pilot) == first
        await pilot.press(*["shift+down"] * 9)
        assert view(pilot).pitch == 90.0
        await pilot.press(*["plus"] * 20)
        assert view(pilot).zoom == 64.0


async def test_each_of_a_batch_by_keys(tmp_path: Path) -> None:
    async with opened(meshes(tmp_path)) as pilot:
        await open_mesh(pilot)
        assert "1 of a batch of 3 (, .)" in shown(pilot, VIEW)
        await pilot.press("full_stop")
        await until(pilot, lambda: "x 0 … 2 (2)" in shown(pilot, VIEW))
        await pilot.press("full_stop", "full_stop")
        await until(pilot, lambda: "3 of a batch of 3" in shown(pilot, VIEW) and "(3)" in shown(pilot, VIEW))
        await pilot.press("comma")
        await until(pilot, lambda: "2 of a batch of 3" in shown(pilot, VIEW))
        await pilot.press("down")  # another mesh begins with its first
        await until(pilot, lambda: "cube" in shown(pilot, VIEW))
        assert view(pilot).entry == 0


async def test_what_is_taken_along(tmp_path: Path) -> None:
    async with opened(meshes(tmp_path / "runs")) as pilot:
        await open_mesh(pilot, "down")
        await pilot.press("c")
        assert pilot.app.clipboard == (
            "run,tag,vertices,faces,x_min,y_min,z_min,x_max,y_max,z_max\nrun,cube,8,12,0.0,0.0,0.0,3.0,3.0,3.0\n"
        )
        await pilot.press("e")
        await until(pilot, lambda: "8 vertices to tbtui-cube.obj" in shown(pilot, "KeysLine"))
        assert Path("tbtui-cube.obj").read_text(encoding="utf-8").count("\nf ") == 12
        for file in (tmp_path / "runs").rglob("*tfevents*"):
            file.unlink()
        await pilot.press("e")
        await until(pilot, lambda: "nothing exported" in shown(pilot, "KeysLine"))
        assert [path.name for path in Path.cwd().iterdir()] == ["tbtui-cube.obj"]


async def test_the_mouse_turns_and_zooms(tmp_path: Path) -> None:
    async with opened(meshes(tmp_path)) as pilot:
        await open_mesh(pilot, "down")
        first = drawn(pilot)
        await pilot.mouse_down(VIEW, offset=(20, 20))
        await pilot.hover(VIEW, offset=(24, 18))
        await pilot.mouse_up(VIEW, offset=(24, 18))
        assert (view(pilot).yaw, view(pilot).pitch) == (42.0, 8.0)
        for kind, zoom in ((events.MouseScrollUp, 1.5), (events.MouseScrollDown, 1.0)):
            view(pilot).post_message(kind(view(pilot), 9, 9, 0, 0, 0, False, False, False, screen_x=9, screen_y=9))
            await pilot.pause()
            assert view(pilot).zoom == pytest.approx(zoom)
        await pilot.click(VIEW, offset=(20, 20), times=2)
        assert drawn(pilot) == first


async def test_meshes_that_cannot_be_shown_say_why(tmp_path: Path) -> None:
    items = [mesh_event("faces", {"FACE": SIDES[np.newaxis]}), mesh_event("flat", {"VERTEX": CORNERS})]
    lost = mesh_event("nan", {"VERTEX": np.full((1, 2, 3), np.nan, np.float32)})
    builders.write(tmp_path / builders.FILE_NAME, [*items, lost])
    async with opened(tmp_path) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "reading" not in shown(pilot, LIST))
        faces, flat, nan = shown(pilot, LIST).splitlines()[1:]
        assert "without vertices" in faces and "[batch, n, 3]" in flat and "no finite vertex" in nan
        await pilot.press("enter", "e", "c")
        assert "logged without its vertices" in shown(pilot, VIEW)
        await pilot.press("down")
        await until(pilot, lambda: "mesh tensor of shape" in " ".join(shown(pilot, VIEW).split()))
        await pilot.press("down")
        await until(pilot, lambda: "no finite vertex" in shown(pilot, VIEW))


async def test_every_key_may_be_pressed_at_any_time(tmp_path: Path) -> None:
    async with opened(meshes(tmp_path)) as pilot:
        for key in (*MOVE, *HERE):  # before anything is open
            await pilot.app.run_action(key.id, default_namespace=view(pilot))
        await pilot.press("1")
        await open_mesh(pilot, "home")
        for key in (*MOVE, *HERE, *MOVE):
            if key.id != "leave":
                await pilot.app.run_action(key.id, default_namespace=view(pilot))
        await until(pilot, lambda: "vertices" in shown(pilot, VIEW))


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (60, 16), (40, 12), (24, 6)])
async def test_it_fits_any_window(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(meshes(tmp_path), size=size) as pilot:
        await pilot.press("2", "down", "enter")
        await until(pilot, lambda: "vertices" in shown(pilot, VIEW))
        for keys in ("plus", "g", "g"):
            await pilot.press(keys)
            lines = shown(pilot, VIEW).splitlines()
            assert len(lines) <= view(pilot).size.height
            assert all(len(line) <= view(pilot).size.width for line in lines)
