"""Pictures of the text tab at two sizes. When one changes on purpose, run pytest --snapshot-update and look."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.app.screens import app_on, logged_runs
from tests.tui.app.test_snapshots import Compare, after
from tests.tui.app.test_texts_tab import text
from tui.app.app import TbtuiApp
from tui.ingest import schedule
from tui.ingest.watcher import Watcher

REPORT = """# Samples

Loss is **0.25** and *falling*: see [the run](https://example.org/1) and `train.py`, which goes on for as long as that.

- a list
  - nested

> a quote

| metric | value |
|:--|--:|
| lr | {lr} |
| a longer name | 12 |

```python
def f(x):
	return x + {step}
```
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on texts of two runs; nothing in its picture depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    logged = {
        name: [
            *(text("samples/report", step, REPORT.format(lr=lr, step=step)) for step in (0, 10, 20)),
            text("args/text_summary", 0, f'{{\n  "lr": {lr},\n  "output_dir": "./results"\n}}'),
            text("config", 0, f"optim: {name}\nmodel:\n  dim: 512\n  layers: 6"),
        ]
        for name, lr in (("adam", 0.5), ("sgd", 0.25))
    }
    return app_on(logged_runs(Path("runs"), **logged))


def test_list(app: TbtuiApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=after("2", waiting_for=all_read))


def test_markdown(app: TbtuiApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=(160, 45), run_before=after("2", "end", "enter", waiting_for=all_read))


def test_search_in_all_steps(app: TbtuiApp, snap_compare: Compare) -> None:
    async def prepare(pilot: Pilot[None]) -> None:
        await after("2", "end", "enter", "g", "g", waiting_for=all_read)(pilot)
        await pilot.press("slash", *"longer", "enter")

    assert snap_compare(app, terminal_size=(80, 24), run_before=prepare)


def test_changes(app: TbtuiApp, snap_compare: Compare) -> None:
    prepare = after("2", "enter", "g", "g", waiting_for=all_read)
    assert snap_compare(app, terminal_size=(80, 24), run_before=prepare)


def all_read(pilot: Pilot[None]) -> bool:
    """Whether everything that is shown is decoded."""
    app = pilot.app
    assert isinstance(app, TbtuiApp)
    return not app.main._shared.blobs.waits
