"""add_figure: what it draws, what it closes, and that only a job with figures loads matplotlib."""

from __future__ import annotations

import gc
import io
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import summaries
from tests.logging_lib.shown_blobs import only_blob
from tests.logging_lib.test_import import python
from tui.reader import payload


def new_figure(make: Callable[..., Figure] = Figure, width: float = 2) -> Figure:
    figure = make(figsize=(width, 1.5), dpi=50)
    figure.subplots().plot([1, 3, 2])
    return figure


def pixels(directory: Path) -> np.ndarray:
    (event,) = summaries(directory)
    image = event.summary.value[0].image
    decoded = np.asarray(Image.open(io.BytesIO(image.encoded_image_string)))
    assert (image.height, image.width, image.colorspace) == decoded.shape
    return decoded


def test_our_reader_shows_what_matplotlib_draws(tmp_path: Path) -> None:
    figure = new_figure()
    with SummaryWriter(tmp_path) as writer:
        writer.add_figure("f", figure, 3)
    saved = io.BytesIO()
    figure.savefig(saved, dpi=50)
    assert (pixels(tmp_path) == np.asarray(Image.open(saved).convert("RGB"))).all()
    step, ref = only_blob(tmp_path, "f", "images")
    (shown,) = payload.read_image(ref)
    assert (step, Image.open(io.BytesIO(shown)).size) == (3, (100, 75))


def test_the_figure_may_change_after_the_call(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "changed") as writer:
        figure = new_figure()
        writer.add_figure("f", figure)
        figure.clear()
    with SummaryWriter(tmp_path / "kept") as writer:
        writer.add_figure("f", new_figure())
    assert (pixels(tmp_path / "changed") == pixels(tmp_path / "kept")).all()


def test_a_transparent_figure_is_drawn_on_white(tmp_path: Path) -> None:
    """torch forgets the opacity, and edges become thick."""
    figure = new_figure()
    figure.patch.set_alpha(0)
    figure.axes[0].patch.set_alpha(0)
    with SummaryWriter(tmp_path / "transparent") as writer:
        writer.add_figure("f", figure)
    with SummaryWriter(tmp_path / "white") as writer:
        writer.add_figure("f", new_figure())
    difference = pixels(tmp_path / "transparent").astype(int) - pixels(tmp_path / "white")
    assert abs(difference).max() <= 2


def test_pyplots_figures_are_closed_and_freed(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        figures = [new_figure(plt.figure), new_figure(plt.figure), new_figure()]
        assert len(plt.get_fignums()) == 2
        writer.add_figure("f", figures)
        assert plt.get_fignums() == []
        freed = [weakref.ref(figure) for figure in figures]
        del figures
        writer.flush()
        gc.collect()
        assert [figure() for figure in freed] == [None] * 3


def test_a_figure_that_stays_open_keeps_its_canvas(tmp_path: Path) -> None:
    """torch leaves it on a canvas of its own, and the window that showed it shows nothing new."""
    figure = new_figure(plt.figure)
    canvas = figure.canvas
    try:
        with SummaryWriter(tmp_path) as writer:
            writer.add_figure("f", figure, close=False)
        assert plt.fignum_exists(figure.number)
        assert figure.canvas is canvas
    finally:
        plt.close(figure)


def test_a_figure_that_cannot_be_drawn_is_closed_too(tmp_path: Path) -> None:
    figure = new_figure(plt.figure)
    figure.suptitle(r"$\nothing$")
    with SummaryWriter(tmp_path) as writer, pytest.raises(ValueError, match=r"^tag 'f': .*nothing"):
        writer.add_figure("f", figure)
    assert plt.get_fignums() == []
    assert summaries(tmp_path) == []


@pytest.mark.parametrize(
    ("figure", "error", "message"),
    [
        ([], ValueError, "no figures"),
        (None, TypeError, "expected a figure of matplotlib, got NoneType"),
        (np.zeros((3, 2, 2)), TypeError, "expected a figure of matplotlib, got ndarray"),
        ([new_figure(), 5], TypeError, "expected a figure of matplotlib, got int"),
        ((new_figure(), new_figure(width=3)), ValueError, r"heights and widths: \[\(75, 100\), \(75, 150\)\]"),
    ],
)
def test_what_is_no_figure_raises_at_the_call(
    tmp_path: Path, figure: Any, error: type[Exception], message: str
) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=f"^tag 't': .*{message}"):
        writer.add_figure("t", figure)
    assert summaries(tmp_path) == []


def test_a_figure_needs_no_pyplot_and_what_is_none_no_matplotlib(tmp_path: Path) -> None:
    code = (
        "import sys; from logging_lib import SummaryWriter\n"
        "with SummaryWriter(sys.argv[1]) as writer:\n"
        "    try: writer.add_figure('f', 5)\n"
        "    except TypeError as error: print(error)\n"
        "    print('matplotlib' in sys.modules)\n"
        "    from matplotlib.figure import Figure\n"
        "    writer.add_figure('f', Figure())\n"
        "print('matplotlib.pyplot' in sys.modules)\n"
    )
    done = python(code, str(tmp_path))
    assert done.stdout.splitlines() == ["tag 'f': expected a figure of matplotlib, got int", "False", "False"]
    assert pixels(tmp_path).shape == (480, 640, 3)


def test_drawing_is_with_agg() -> None:
    """The tests above compare with it; it is what matplotlib takes where there is no screen."""
    assert isinstance(new_figure(plt.figure).canvas, FigureCanvasAgg)
    plt.close()
