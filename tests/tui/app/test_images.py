"""The tab of images: lists and grids, one picture, runs and steps side by side, differences, zoom, frames, files."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from textual.events import MouseScrollUp
from textual.pilot import Pilot

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import summary_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.builders import Value
from tests.tui.app.screens import opened, shown, until
from tests.tui.reader.payload.stored import store
from tui.analysis.image_view import Room
from tui.app.app import TbtuiApp
from tui.app.blobs import BlobCache
from tui.app.choices import Tab
from tui.app.messages import RunFocused
from tui.app.picture_reading import ReadPicture
from tui.app.pictures import Drawing, Pictures, drawing
from tui.app.terminal_kind import FULL, Colours, TerminalKind
from tui.app.theme import DARK, LIGHT
from tui.app.widgets.image_full import Arrangement, ImageFull
from tui.app.widgets.image_rows import ImageRows
from tui.model import BlobRef

LIST, FULL_VIEW = "#images", "#image"
STEPS = 4


def png(pixels: np.ndarray | Image.Image, format: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(file, format, **options)
    return file.getvalue()


def image(tag: str, data: bytes) -> Value:
    return Value(tag=tag, image=summary_pb2.Summary.Image(height=1, width=1, encoded_image_string=data))


def squares(shift: int, size: int = 8) -> np.ndarray:
    """A checkerboard in colours that depend on the shift."""
    y, x = np.mgrid[:size, :size]
    dark = (x + y + shift) % 2 == 0
    return np.where(dark[..., None], [10 + shift, 20, 30], [200, 100 + shift, 50]).astype(np.uint8)


def movie() -> bytes:
    frames = [Image.new("RGB", (6, 4), (40 * at, 0, 0)) for at in range(3)]
    return png(frames[0], "GIF", save_all=True, append_images=frames[1:])


def several() -> Value:
    strings = np.empty(4, object)
    strings[:] = [b"6", b"4", png(np.full((4, 6), 50, np.uint8)), png(np.full((4, 6), 200, np.uint8))]
    return builders.tensor("several", to_tensor_proto(strings), plugins.IMAGES)


def logged(logdir: Path) -> Path:
    """Two runs with a picture at four steps, and what only the first has."""
    for number, run in enumerate(("adam", "sgd")):
        events = [
            builders.event(image("samples/board", png(squares(step + 10 * number))), step=10 * step)
            for step in range(STEPS)
        ]
        if run == "adam":
            events.append(builders.event(image("movie", movie()), several(), step=0))
            events.append(builders.event(image("bad/huge", png(Image.new("1", (8000, 6000)))), step=0))
            events.append(builders.event(image("bad/none", b"hello"), step=0))
        builders.write(logdir / run / builders.FILE_NAME, events)
    return logdir


def app_of(pilot: Pilot[None]) -> TbtuiApp:
    assert isinstance(pilot.app, TbtuiApp)
    return pilot.app


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and wait until all that they ask for is read."""
    await pilot.press(*keys)
    await until(pilot, lambda: not app_of(pilot).shared.blobs.waits)


def view(pilot: Pilot[None]) -> ImageFull:
    return pilot.app.screen.query_one(FULL_VIEW, ImageFull)


async def open_tag(pilot: Pilot[None], tag: str, run: str = "adam") -> None:
    """The full view of a tag, in a run."""
    await pilot.press("1")
    app_of(pilot).main.selection = app_of(pilot).main.selection.opening(Tab.IMAGES, tag)
    await press(pilot, "2")
    app_of(pilot).main.post_message(RunFocused(run))
    await press(pilot)


async def test_rows_say_what_pictures_are(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await press(pilot, "2")
        rows = {line.split()[0]: line for line in shown(pilot, LIST).splitlines()}
        assert rows["Tags"].split() == ["Tags", "5", "size", "pixels", "file", "bytes", "entries", "step"]
        assert rows["board"].split()[2:6] == ["8x8", "RGB", "PNG", str(len(png(squares(3))))]
        assert rows["movie"].split()[-4:] == ["3", "frames", "1", "0"]
        assert rows["several"].split()[2:4] == ["6x4", "grey"] and "2 pictures" in rows["several"]
        assert rows["huge"].split()[2:5] == ["8000x6000", "1", "bit"]
        assert "5 bytes that are no picture" in rows["none"]
        columns = [
            rows[name].index(text) for name, text in (("Tags", "pixels"), ("board", "RGB"), ("movie", "palette"))
        ]
        assert len(set(columns)) == 1


async def test_the_list_as_a_grid(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await press(pilot, "2", "g")
        grid = shown(pilot, LIST)
        for text in ("bad/huge", "bad/none", "movie", "several", "samples/board", "48 megapixels, more than 16"):
            assert text in grid
        rows = pilot.app.query_one(LIST, ImageRows)
        assert rows.tag_here == "movie"
        await press(pilot, "right", "right", "down")
        assert rows.tag_here == "samples/board"
        await press(pilot, "home", "end", "left", "pageup")
        assert rows.tag_here == "movie"
        await press(pilot, "right", "enter")
        assert shown(pilot, FULL_VIEW).split()[0] == "several"
        await press(pilot, "escape", "g")
        assert "pixels" in shown(pilot, LIST).splitlines()[0]
        app_of(pilot).main.selection = replace(app_of(pilot).main.selection, folded=frozenset(("bad",)))
        await press(pilot, "g")
        assert shown(pilot, LIST).splitlines()[0].strip() == "Tags 5  2 tags folded"
        assert "bad" not in shown(pilot, LIST)


async def test_a_click_on_a_card(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await press(pilot, "2", "g")
        lines = shown(pilot, LIST).splitlines()
        row = next(y for y, line in enumerate(lines) if "samples/board" in line)
        column = lines[row].index("samples/board")
        await pilot.click(LIST, offset=(column, row + 2))
        assert pilot.app.query_one(LIST, ImageRows).tag_here == "samples/board"
        await pilot.click(LIST, offset=(column, row + 2))
        await press(pilot)
        assert shown(pilot, FULL_VIEW).split()[0] == "samples/board"


async def test_one_picture_and_its_steps(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await open_tag(pilot, "samples/board")
        lines = shown(pilot, FULL_VIEW).splitlines()
        assert lines[0].split()[:6] == ["samples/board", "step", "30", "(4", "of", "4)"]
        assert lines[0].endswith(" g one picture all runs difference all steps")
        assert lines[-1].strip().startswith("8x8 RGB PNG") and "10:1" in lines[-1]
        await press(pilot, "left")
        assert "step 20  (3 of 4)" in shown(pilot, FULL_VIEW)
        await press(pilot, "home")
        assert "step 0  (1 of 4)" in shown(pilot, FULL_VIEW)
        await press(pilot, "end", "up")
        assert shown(pilot, FULL_VIEW).split()[0] != "samples/board"


async def test_zooming_in_to_a_pixel(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await open_tag(pilot, "samples/board")
        await press(pilot, "plus")
        line = shown(pilot, FULL_VIEW).splitlines()[-1]
        value = " ".join(map(str, squares(3)[4, 4]))
        assert line.endswith(f"x 4 y 4  {value}") and "16:1" in line
        await press(pilot, "L", "J")
        value = " ".join(map(str, squares(3)[5, 5]))
        assert f"x 5 y 5  {value}" in shown(pilot, FULL_VIEW)
        await press(pilot, "H", "H", "K")
        assert "x 3 y 4" in shown(pilot, FULL_VIEW)
        assert "+" in "".join(shown(pilot, FULL_VIEW).splitlines()[1:-1])
        for _ in range(9):
            await pilot.press("L")
        assert "x 7 y 4" in shown(pilot, FULL_VIEW)
        await press(pilot, "escape")
        assert view(pilot).zoom == 0 and " x " not in shown(pilot, FULL_VIEW).splitlines()[-1]
        await press(pilot, "escape")
        assert pilot.app.query_one(LIST).display


async def test_the_mouse_zooms_pans_and_points(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await open_tag(pilot, "samples/board")
        full = view(pilot)
        placed = full.placed[0]
        left = placed.left + (placed.room.columns - 80) // 2
        await pilot.click(FULL_VIEW, offset=(left, placed.top))
        await press(pilot)
        assert full.eye.pixel((8, 8)) == (0, 0) and "x 0 y 0" in shown(pilot, FULL_VIEW)
        await pilot.click(FULL_VIEW, offset=(left + 79, placed.top + 39))
        await press(pilot)
        assert full.eye.pixel((8, 8)) == (7, 7)
        await pilot.click(FULL_VIEW, offset=(0, 20))  # beside it
        assert full.eye.pixel((8, 8)) == (7, 7)
        await pilot._post_mouse_events([MouseScrollUp], FULL_VIEW, offset=(left + 40, placed.top + 20), button=0)
        await press(pilot)
        assert full.zoom == 1 and full.eye.pixel((8, 8)) == (4, 4)
        await pilot.mouse_down(FULL_VIEW, offset=(60, 20))
        await pilot.hover(FULL_VIEW, offset=(28, 12))
        assert full.eye.pixel((8, 8)) == (6, 5)  # 32 cells to the left are two pixels, 8 up are one
        await pilot.mouse_up(FULL_VIEW, offset=(28, 12))
        await pilot.hover(FULL_VIEW, offset=(60, 20))
        assert full.eye.pixel((8, 8)) == (6, 5)


async def test_all_runs_side_by_side(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await open_tag(pilot, "samples/board")
        await press(pilot, "g")
        lines = shown(pilot, FULL_VIEW).splitlines()
        assert view(pilot).arranged is Arrangement.RUNS and lines[-1].strip() == "2 runs"
        assert lines[1].split()[1:4] == ["adam", "step", "30"] and lines[1].split()[5:8] == ["sgd", "step", "30"]
        await press(pilot, "left", "plus")
        labels = shown(pilot, FULL_VIEW).splitlines()[1]
        for number in (0, 1):
            assert " ".join(map(str, squares(2 + 10 * number)[4, 4])) in labels
        assert "step 20" in labels and "x 4 y 4" in shown(pilot, FULL_VIEW).splitlines()[-1]
        await press(pilot, "enter")
        assert view(pilot).arranged is Arrangement.PICTURE


async def test_steps_go_through_those_of_all_runs_shown(tmp_path: Path) -> None:
    logdir = logged(tmp_path)
    builders.append(
        logdir / "sgd" / builders.FILE_NAME, [builders.event(image("samples/board", png(squares(9))), step=35)]
    )
    async with opened(logdir) as pilot:
        await open_tag(pilot, "samples/board")
        await press(pilot, "g", "left")
        assert [word for word in shown(pilot, FULL_VIEW).splitlines()[1].split() if word.isdigit()] == ["30", "30"]
        await press(pilot, "right")
        assert [word for word in shown(pilot, FULL_VIEW).splitlines()[1].split() if word.isdigit()] == ["30", "35"]


async def test_the_difference_of_two_runs(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await open_tag(pilot, "samples/board")
        await press(pilot, "g", "g")
        lines = shown(pilot, FULL_VIEW).splitlines()
        assert view(pilot).arranged is Arrangement.DIFFERENCE
        assert lines[-1].split() == [
            "max",
            "10",
            "at",
            "0",
            "0",
            "mean",
            "3.333",
            "100",
            "%",
            "of",
            "pixels",
            "differ",
            "shown",
            "x16",
        ]
        assert "difference" in "".join(lines[1:-1])
        await press(pilot, "plus")
        assert "x 4 y 4" in shown(pilot, FULL_VIEW).splitlines()[-1]


async def test_the_difference_is_that_to_the_baseline(tmp_path: Path) -> None:
    logdir = logged(tmp_path)
    builders.write(
        logdir / "other" / builders.FILE_NAME, [builders.event(image("samples/board", png(squares(3))), step=30)]
    )
    async with opened(logdir) as pilot:
        await open_tag(pilot, "samples/board")
        app = app_of(pilot)
        app.main.selection = replace(app.main.selection, baseline="other")
        await press(pilot, "g", "g")
        assert shown(pilot, FULL_VIEW).splitlines()[-1].strip() == "equal"
        app.main.selection = replace(app.main.selection, baseline="sgd")
        await press(pilot)
        assert "max 10" in shown(pilot, FULL_VIEW).splitlines()[-1]


async def test_pictures_of_two_sizes_have_no_difference(tmp_path: Path) -> None:
    for run, size in (("a", 4), ("b", 5)):
        builders.write(tmp_path / run / builders.FILE_NAME, [builders.event(image("i", png(squares(0, size))), step=1)])
    async with opened(tmp_path) as pilot:
        await open_tag(pilot, "i", "a")
        await press(pilot, "g", "g")
        assert "sizes differ: 4x4 and 5x5" in shown(pilot, FULL_VIEW)


async def test_all_steps_side_by_side(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await open_tag(pilot, "samples/board")
        await press(pilot, "g", "g", "g")
        full = shown(pilot, FULL_VIEW)
        assert view(pilot).arranged is Arrangement.STEPS and full.splitlines()[-1].strip() == "4 steps"
        assert "▸ step 30" in full and all(f"  step {step}" in full for step in (0, 10, 20))
        await press(pilot, "home")
        assert "▸ step 0" in shown(pilot, FULL_VIEW)
        await press(pilot, "g")
        assert view(pilot).arranged is Arrangement.PICTURE


async def test_of_many_steps_the_page_with_the_chosen_one(tmp_path: Path) -> None:
    events = [builders.event(image("i", png(np.full((2, 2), step % 256, np.uint8))), step=step) for step in range(300)]
    builders.write(tmp_path / "run" / builders.FILE_NAME, events)
    async with opened(tmp_path, size=(80, 24)) as pilot:
        await open_tag(pilot, "i", "run")
        await press(pilot, "g", "home")
        assert shown(pilot, FULL_VIEW).splitlines()[-1].strip() == "steps 1 to 3 of 300"
        await press(pilot, "pagedown")
        assert "▸ step 10" in shown(pilot, FULL_VIEW) and "steps 10 to 12 of 300" in shown(pilot, FULL_VIEW)


async def test_there_may_be_nothing_to_show_beside_it(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await open_tag(pilot, "movie")
        await press(pilot, "g")
        assert view(pilot).arranged is Arrangement.PICTURE
        assert "nothing else to show beside it" in shown(pilot, "KeysLine")


async def test_frames_and_pictures_of_an_entry(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await open_tag(pilot, "movie")
        for frame, key in ((1, "full_stop"), (2, "full_stop"), (3, "full_stop"), (3, "comma"), (2, "comma")):
            assert f"frame {frame} of 3" in shown(pilot, FULL_VIEW)
            await press(pilot, key)
        assert "frame 1 of 3" in shown(pilot, FULL_VIEW)
        await open_tag(pilot, "several")
        assert "picture 1 of 2" in shown(pilot, FULL_VIEW)
        await press(pilot, "full_stop")
        assert "picture 2 of 2" in shown(pilot, FULL_VIEW)
        await press(pilot, "comma")
        assert "picture 1 of 2" in shown(pilot, FULL_VIEW)
        await open_tag(pilot, "samples/board")
        await press(pilot, "full_stop")
        assert "one picture, which does not move" in shown(pilot, "KeysLine")


async def test_what_cannot_be_shown_can_be_saved(tmp_path: Path) -> None:
    async with opened(logged(tmp_path / "logs")) as pilot:
        await open_tag(pilot, "bad/huge")
        full = shown(pilot, FULL_VIEW)
        assert "8000x6000: 48 megapixels, more than 16: e saves the file" in full
        await press(pilot, "e")
        await until(pilot, lambda: "written" in shown(pilot, "KeysLine"))
        (saved,) = Path.cwd().glob("*.png")
        assert saved.name == "tbtui-adam_bad_huge-step_0_0.png"
        assert saved.read_bytes() == png(Image.new("1", (8000, 6000)))
        await open_tag(pilot, "bad/none")
        assert "5 bytes that are no picture" in shown(pilot, FULL_VIEW)


async def test_files_are_saved_as_they_were_logged(tmp_path: Path) -> None:
    async with opened(logged(tmp_path / "logs")) as pilot:
        await open_tag(pilot, "several")
        await press(pilot, "e")
        await until(pilot, lambda: "written" in shown(pilot, "KeysLine"))
        assert sorted(path.name for path in Path.cwd().glob("*")) == [
            "tbtui-adam_several-step_0_0.png", "tbtui-adam_several-step_0_1.png",
        ]  # fmt: skip
        await open_tag(pilot, "samples/board")
        await press(pilot, "g", "e")
        await until(pilot, lambda: len(list(Path.cwd().glob("*board*"))) == 2)
        saved = Path("tbtui-sgd_samples_board-step_30_0.png").read_bytes()
        assert saved == png(squares(13))


async def test_keys_of_the_list_are_about_its_line(tmp_path: Path) -> None:
    async with opened(logged(tmp_path / "logs")) as pilot:
        await press(pilot, "2", "c", "e")
        assert pilot.app.clipboard.startswith("adam  movie  step 0  6x4 P GIF")
        await until(pilot, lambda: "written" in shown(pilot, "KeysLine"))
        assert Path("tbtui-adam_movie-step_0_0.gif").read_bytes() == movie()


async def test_facts_are_copied(tmp_path: Path) -> None:
    async with opened(logged(tmp_path / "logs")) as pilot:
        await open_tag(pilot, "samples/board")
        await press(pilot, "plus", "c")
        copied, size = pilot.app.clipboard, len(png(squares(3)))
        assert copied.startswith(f"adam  samples/board  step 30  8x8 RGB PNG {size} bytes  x 4 y 4 ")
        assert str(tmp_path / "logs" / "adam" / builders.FILE_NAME) in copied and copied.count("\n") == 1


async def test_live_pictures_come_in(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await open_tag(pilot, "samples/board")
        await press(pilot, "plus")
        file = tmp_path / "adam" / builders.FILE_NAME
        builders.append(file, [builders.event(image("samples/board", png(squares(77))), step=500)])
        await until(pilot, lambda: "step 500  (5 of 5)" in shown(pilot, FULL_VIEW))
        value = " ".join(map(str, squares(77)[4, 4]))
        await until(pilot, lambda: value in shown(pilot, FULL_VIEW).splitlines()[-1])


@pytest.mark.parametrize("size", [(40, 12), (60, 16), (300, 100)])
async def test_every_arrangement_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(logged(tmp_path), size=size) as pilot:
        await press(pilot, "2", "g")
        assert "movie" in shown(pilot, LIST)
        await open_tag(pilot, "samples/board")
        for arrangement in Arrangement:
            assert view(pilot).arranged is arrangement
            await press(pilot, "plus", "minus", "0")
            lines = shown(pilot, FULL_VIEW).splitlines()
            assert len(lines) <= view(pilot).size.height and "board" in lines[0]
            await press(pilot, "g")


@pytest.mark.parametrize(
    ("images", "kind", "expected"),
    [
        ("blocks", FULL, Drawing.COLOURS),
        ("ascii", FULL, Drawing.ASCII),
        ("blocks", TerminalKind(Colours.MANY), Drawing.MANY),
        ("blocks", TerminalKind(Colours.SIXTEEN), Drawing.SHADES),
        ("blocks", TerminalKind(Colours.NONE), Drawing.SHADES),
        ("blocks", TerminalKind(Colours.EIGHT, ascii=True), Drawing.ASCII),
        ("blocks", TerminalKind(Colours.ALL, ascii=True), Drawing.ASCII),
    ],
)
def test_what_pictures_are_drawn_with(images: str, kind: TerminalKind, expected: Drawing) -> None:
    assert drawing(images, kind) is expected


def stored(tmp_path: Path, pixels: np.ndarray) -> BlobRef:
    return store(tmp_path, image("i", png(pixels)))


def test_drawn_once(tmp_path: Path) -> None:
    pictures = Pictures(BlobCache())
    picture = ReadPicture()(stored(tmp_path, squares(0)))
    first = pictures.body(picture, Room(8, 4), DARK)
    assert [strip.text for strip in first] == ["▀" * 8] * 4
    again = pictures.body(picture, Room(8, 4), DARK)
    assert all(a is b for a, b in zip(first, again, strict=True))
    assert pictures.body(picture, Room(8, 4), LIGHT) == first  # nothing of it is seen through
    pictures.drawing = Drawing.ASCII
    assert "▀" not in pictures.body(picture, Room(8, 4), DARK)[0].text


def test_of_what_was_drawn_the_latest_is_kept(tmp_path: Path) -> None:
    pictures = Pictures(BlobCache())
    picture = ReadPicture()(stored(tmp_path, squares(0)))
    for columns in range(8, 300):
        pictures.body(picture, Room(columns, 100), DARK)
    assert sum(strip.cell_length for _, strips in pictures._drawn.values() for strip in strips) == pictures._cells
    assert pictures._cells <= 60_000


def test_a_picture_reduced_for_its_room_is_drawn_as_the_whole_one(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    ref, room = stored(tmp_path, pixels), Room(30, 12)
    reduced, whole = ReadPicture(room=room)(ref), ReadPicture()(ref)
    assert not reduced.is_whole and whole.is_whole
    assert Pictures(BlobCache()).body(reduced, room, DARK) == Pictures(BlobCache()).body(whole, room, DARK)
