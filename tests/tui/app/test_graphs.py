"""The tab of graphs: its list, the tree, layers, operations, nodes, searching, taking along."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from logging_lib.summary.graph import graph_event
from tests import builders
from tests.tui.app.graph_logs import metadata_event, torch_nodes, with_graphs
from tests.tui.app.screens import opened, shown, until
from tui.app.choices import Tab
from tui.app.widgets.graph_full import GraphFull
from tui.app.widgets.graph_rows import GraphRows
from tui.app.widgets.status import KeysLine

SIZE = (130, 36)


def lines(pilot: Pilot[None], selector: str = "#graph") -> list[str]:
    return shown(pilot, selector).split("\n")


def under_cursor(pilot: Pilot[None]) -> str:
    view = pilot.app.screen.query_one(GraphFull)
    return lines(pilot)[2 + view.cursor - view.top]


def notice(pilot: Pilot[None]) -> str:
    found = pilot.app.screen.query_one(KeysLine).notice
    return "" if found is None else found.text


@asynccontextmanager
async def listed(logdir: Path, size: tuple[int, int] = SIZE) -> AsyncIterator[Pilot[None]]:
    """The list of graphs, all read."""
    async with opened(logdir, size) as pilot:
        main = pilot.app.screen
        await pilot.press(str(main.tabs.index(Tab.GRAPHS) + 1))  # type: ignore[attr-defined]
        await until(pilot, lambda: "reading…" not in shown(pilot, "#graphs"))
        yield pilot


@asynccontextmanager
async def graph(logdir: Path, run: str, tag: str, size: tuple[int, int] = SIZE) -> AsyncIterator[Pilot[None]]:
    """One graph in the full view, read."""
    async with listed(logdir, size) as pilot:
        rows = pilot.app.screen.query_one(GraphRows)
        at = next(at for at, key in enumerate(rows._rows) if (key.run, key.tag) == (run, tag))
        rows.moved = True
        rows.cursor = at
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query_one(GraphFull).view is not None)
        yield pilot


async def test_every_graph_has_a_line(tmp_path: Path) -> None:
    async with listed(with_graphs(tmp_path)) as pilot:
        assert [line.split() for line in lines(pilot, "#graphs")[1:4]] == [
            ["run", "graph", "kind", "nodes", "params", "size", "logged"],
            ["●", "tf", "graph", "TensorFlow", "graph", "8", "6", "1", "MB", "1x"],
            ["●", "tf", "keras", "Keras", "model", "3", "58", "353", "B", "1x"],
        ]
        torch = lines(pilot, "#graphs")[4].split()
        assert torch[1:7] == ["torch", "graph", "PyTorch", "trace", "12", "60"]
        assert torch[-1] == "2x"
        assert len(lines(pilot, "#graphs")) == 5  # no line for metadata: they are in the graphs


async def test_the_tree_of_a_trace(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "torch", "__run_graph__") as pilot:
        title, _, *tree = lines(pilot)
        assert "step 0 (2 of 2, keys , .)  PyTorch trace  12 nodes" in title
        assert [line.split() for line in tree[:6]] == [
            ["input/x", "IO", "Node", "[1,", "4]"],
            ["▾", "Net", "10", "nodes", "[1,", "4]", "60", "100%", "▆▆▆▆▆▆▆▆▆▆"],
            ["▾", "Sequential[body]", "9", "nodes", "[1,", "4]", "60", "100%", "▆▆▆▆▆▆▆▆▆▆"],
            ["▾", "Linear[0]", "3", "nodes", "[1,", "4]", "20", "33%", "▆▆▆"],
            ["weight/weight.0", "prim::GetAttr", "[4,", "4]", "16", "27%", "▆▆▆"],
            ["bias/bias.0", "prim::GetAttr", "[4]", "4", "6.7%", "▆"],
        ]
        await pilot.press("comma")
        await until(pilot, lambda: "step 0 (1 of 2, keys , .)  PyTorch trace  9 nodes" in lines(pilot)[0])


async def test_folding(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "torch", "__run_graph__") as pilot:
        await pilot.press("down", "down", "down", "left")
        assert "▸ Linear[0]" in under_cursor(pilot)
        await pilot.press("left")
        assert "▾ Sequential[body]" in under_cursor(pilot)
        await pilot.press("space")
        assert "▸ Sequential[body]" in under_cursor(pilot)
        assert not any("Linear" in line for line in lines(pilot))
        await pilot.press("right", "right")
        assert "▸ Linear[0]" in under_cursor(pilot)
        await pilot.press("enter")
        assert "▾ Linear[0]" in under_cursor(pilot)
        await pilot.press("minus")
        assert not any("weight" in line for line in lines(pilot))
        await pilot.press("plus")
        assert sum("weight" in line for line in lines(pilot)) == 3
        await pilot.press("minus", "minus", "minus", "minus")
        assert sum("Net" in line for line in lines(pilot)) == 1
        await pilot.press("0")
        assert sum("weight" in line for line in lines(pilot)) == 3


async def test_from_node_to_node_and_back(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "torch", "__run_graph__") as pilot:
        view = pilot.app.screen.query_one(GraphFull)
        await pilot.press("end", "enter")
        await until(pilot, lambda: "attributes" in shown(pilot, "#graph"))
        assert lines(pilot)[1] == " output/output.1"
        assert "← Net/act" in under_cursor(pilot)
        assert under_cursor(pilot).endswith("aten::relu  [1, 4]")
        await pilot.press("enter")
        assert lines(pilot)[1] == " Net/act"
        assert "node 2 deep, Esc back" in lines(pilot)[0]
        await until(pilot, lambda: " attr " in shown(pilot, "#graph"))
        assert "← Net/Sequential[body]/Linear[2]/input.2" in under_cursor(pilot)
        await pilot.press("down", "down")
        assert "→ output/output.1" in under_cursor(pilot)
        await pilot.press("enter")
        assert lines(pilot)[1] == " output/output.1"
        await pilot.press("escape")
        assert "→ output/output.1" in under_cursor(pilot)
        await pilot.press("g")
        assert " act " in under_cursor(pilot)
        assert view.view is not None
        assert not view.view.nodes
        await pilot.press("escape")
        assert pilot.app.screen.selection.opened_in(Tab.GRAPHS) is None  # type: ignore[attr-defined]


async def test_a_loop_a_missing_input_and_a_megabyte(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "tf", "__run_graph__") as pilot:
        await pilot.press("slash", *"MatMul", "enter", "enter")
        await until(pilot, lambda: "dtype" in shown(pilot, "#graph") and " T " in shown(pilot, "#graph"))
        assert [line.split() for line in lines(pilot) if "←" in line] == [
            ["←", "x", "Placeholder", "[?,", "2]"],
            ["←", "fc/w/read", "Identity"],
            ["←", "^init", "not", "in", "the", "graph"],
        ]
        await pilot.press("down", "down", "enter")
        assert notice(pilot) == "^init is not in the graph"
        await pilot.press("down", "down", "enter", "down", "enter")
        for _ in range(6):  # round the loop
            await pilot.press("enter")
            await pilot.pause()
        assert lines(pilot)[1].startswith(" while/")
        await pilot.press("slash", *["backspace"] * 6, *"Next$", "enter", "enter")
        await until(pilot, lambda: "(1000000 bytes)" in shown(pilot, "#graph"))


async def test_names_from_a_file_are_escaped(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "tf", "__run_graph__") as pilot:
        assert "\x1b" not in shown(pilot, "#graph")
        assert r"bad\x1b[2J/\x07name" in shown(pilot, "#graph")
        await pilot.press("end", "enter")
        await until(pilot, lambda: "reading…" not in shown(pilot, "#graph"))
        assert lines(pilot)[1] == r" bad\x1b[2J/\x07name"
        assert any(r"Odd\x1b]0;t\x07" in line for line in lines(pilot)[2:])
        assert not {"\x1b", "\x07"} & set(shown(pilot, "#graph"))


async def test_times_of_a_profiled_run_are_in_its_graph(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "tf", "__run_graph__") as pilot:
        assert lines(pilot)[1].split()[-2:] == ["time", "memory"]
        fc = next(line for line in lines(pilot) if " fc " in line)
        assert fc.split()[-3:] == ["21us", "3", "kB"]
        await pilot.press("S")
        assert notice(pilot) == "scopes by parameters"
        await pilot.press("S")
        assert notice(pilot) == "scopes by time"
        assert "▾ fc" in lines(pilot)[2]
        await pilot.press("S")
        assert "x" in lines(pilot)[2]


async def test_a_profiled_run_without_a_graph_is_shown_by_itself(tmp_path: Path) -> None:
    events = [builders.version_event(), metadata_event("batch_2", ("net/a", 5), ("net/b", 1500), ("c", 2))]
    builders.write(tmp_path / "run" / builders.FILE_NAME, events)
    async with listed(tmp_path) as pilot:
        assert "profile of 1.5ms" in lines(pilot, "#graphs")[2]
        await pilot.press("enter")
        await until(pilot, lambda: "profiled run" in shown(pilot, "#graph"))
        assert [line.split() for line in lines(pilot)[2:6]] == [
            ["▾", "net", "2", "nodes", "1.5ms", "2", "kB"],
            ["a", "5us", "1", "kB"],
            ["b", "1.5ms", "1", "kB"],
            ["c", "2us", "1", "kB"],
        ]
        await pilot.press("g", "c")
        assert notice(pilot) == "no layers to copy here"


async def test_searching(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "torch", "__run_graph__") as pilot:
        await pilot.press("minus", "minus", "minus", "home")
        assert not any("weight" in line for line in lines(pilot))
        await pilot.press("slash", *"WEIGHT")
        assert lines(pilot)[1].startswith(" /WEIGHT  no match ")
        await pilot.press(*["backspace"] * 6, *"weight")
        assert lines(pilot)[1].startswith(" /weight  3 matches ")
        assert "weight.0" in under_cursor(pilot)
        await pilot.press("enter", "n")
        assert "weight.1" in under_cursor(pilot)
        await pilot.press("n", "n")
        assert "weight.0" in under_cursor(pilot)
        await pilot.press("escape")
        assert lines(pilot)[1].startswith(" scope ")
        assert next(line.strip() for line in lines(pilot) if "weight" in line).startswith("weight/weight.0")
        assert sum("weight" in line for line in lines(pilot)) == 1
        await pilot.press("n")
        assert notice(pilot) == "nothing is searched for: / searches"
        await pilot.press("slash", *"[")
        assert lines(pilot)[1].startswith(" /[  not a regex: literal, 4 matches")


async def test_layers(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "tf", "keras") as pilot:
        await pilot.press("g")
        assert [line.split() for line in lines(pilot)[2:5]] == [
            ["hidden", "Dense", "[?,", "8]", "40", "69%", "▆▆▆▆▆▆▆▆▆▆"],
            ["drop", "Dropout", "[?,", "8]", "0"],
            ["out", "Dense", "[?,", "2]", "18", "31%", "▆▆▆▆"],
        ]
        assert lines(pilot)[-1] == "  total params 58   trainable 58   232 B"
        await pilot.press("S")
        assert [line.split()[0] for line in lines(pilot)[2:5]] == ["hidden", "out", "drop"]
        await pilot.press("down", "enter")
        assert under_cursor(pilot).split()[:2] == ["out", "Dense"]
        await pilot.press("enter")
        assert [line.split() for line in lines(pilot) if "units" in line] == [["units", "2"]]


async def test_what_is_pressed_before_the_graph_is_read_is_done_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listed(with_graphs(tmp_path)) as pilot:
        view = pilot.app.screen.query_one(GraphFull)
        with monkeypatch.context() as slow:
            slow.setattr(view.shared.blobs, "get", lambda ref, read: None)
            await pilot.press("enter", "g", "S")
            assert "reading…" in shown(pilot, "#graph")
        view.redraw()
        await until(pilot, lambda: "layer " in lines(pilot)[1])
        assert notice(pilot) == "layers by parameters"


async def test_what_differs_from_another_graph(tmp_path: Path) -> None:
    wide = [builders.version_event(), graph_event(torch_nodes(4, size=5))]
    builders.write(with_graphs(tmp_path) / "wide" / builders.FILE_NAME, wide)
    async with graph(tmp_path, "torch", "__run_graph__") as pilot:
        await pilot.press("g", "g", "g")
        await until(pilot, lambda: "changes from step 0" in lines(pilot)[0])
        assert [line.split() for line in lines(pilot)[2:6]] == [
            ["+", "body.2", "Linear", "[1,", "4]", "20"],
            ["operations"],
            ["+", "prim::GetAttr", "4", "→", "6", "(+2)"],
            ["~", "aten::linear", "2", "→", "3", "(+1)"],
        ] or lines(pilot)
        assert lines(pilot)[-1] == "  params 40 → 60 (+20)   1 new   0 gone   0 changed   3 layers as before"
        main = pilot.app.screen
        main.selection = replace(main.selection, baseline="wide")  # type: ignore[attr-defined]
        await until(pilot, lambda: "changes from wide" in lines(pilot)[0])
        assert [line.split() for line in lines(pilot)[2:6]] == [
            ["~", "body.0", "Linear", "[1,", "5]", "→", "[1,", "4]", "30", "→", "20"],
            ["~", "body.1", "Linear", "[1,", "5]", "→", "[1,", "4]", "30", "→", "20"],
            ["~", "body.2", "Linear", "[1,", "5]", "→", "[1,", "4]", "30", "→", "20"],
            ["-", "body.3", "Linear", "[1,", "5]", "30"],
        ]
        await pilot.press("c")
        assert main.app.clipboard.splitlines()[:2] == [
            "layer,change,type_before,output_shape_before,params_before,type,output_shape,params",
            'body.0,changed,Linear,"[1, 5]",30,Linear,"[1, 4]",20',
        ]
        await pilot.press("home", "down", "down", "down", "enter")
        assert notice(pilot) == "this is in the graph of wide only"
        await pilot.press("up", "enter")
        assert "▾ Linear[2]" in under_cursor(pilot)
        await pilot.click("#graph", offset=(lines(pilot)[0].index(" ops ") + 2, 0))
        assert lines(pilot)[1].split()[:2] == ["op", "nodes"]


async def test_operations(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "torch", "__run_graph__") as pilot:
        await pilot.press("g", "g")
        assert [line.split()[:4] for line in lines(pilot)[2:5]] == [
            ["prim::GetAttr", "6", "50%", "▆" * len(lines(pilot)[2].split()[-1])],
            ["aten::linear", "3", "25%", "▆" * len(lines(pilot)[3].split()[-1])],
            ["IO", "Node", "2", "17%"],
        ]
        await pilot.press("down", "enter")
        assert lines(pilot)[1].startswith(" /^aten::linear$  3 matches")
        assert "input.0" in under_cursor(pilot)


async def test_taking_along(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "tf", "keras") as pilot:
        await pilot.press("c")
        expected = (
            "layer,type,output_shape,params,trainable,unknown_tensors\n"
            'hidden,Dense,"[?, 8]",40,40,0\n'
            'drop,Dropout,"[?, 8]",0,0,0\n'
            'out,Dense,"[?, 2]",18,18,0\n'
        )
        assert pilot.app.clipboard == expected
        assert notice(pilot) == "copied 3 layers as CSV"
        await pilot.press("e")
        await until(pilot, lambda: "rows to" in notice(pilot))
        assert notice(pilot) == "3 rows to tbtui-tf-keras-layers.csv"
        assert Path("tbtui-tf-keras-layers.csv").read_text() == expected
        await pilot.press("g", "g", "c")
        assert pilot.app.clipboard == "op,count\nDense,2\nDropout,1\nSequential,1\n"
        await pilot.press("g", "down", "enter", "c")
        assert pilot.app.clipboard == "net/hidden"


async def test_another_run_is_shown_as_the_one_before(tmp_path: Path) -> None:
    for name, layers in (("a", 2), ("b", 4)):
        builders.write(
            tmp_path / name / builders.FILE_NAME, [builders.version_event(), graph_event(torch_nodes(layers))]
        )
    async with graph(tmp_path, "a", "__run_graph__") as pilot:
        await pilot.press("home", "down", "down", "down", "left", "down")
        assert "Linear[1]" in under_cursor(pilot)
        await pilot.press("tab", "down")
        await until(pilot, lambda: "15 nodes" in lines(pilot)[0])
        await pilot.press("tab")
        assert "▾ Linear[1]" in under_cursor(pilot)
        assert "▸ Linear[0]" in lines(pilot)[5]
        assert "▸ Linear[3]" in shown(pilot, "#graph")


async def test_a_graph_that_is_logged_while_one_looks_on(tmp_path: Path) -> None:
    file = builders.write(tmp_path / "a" / builders.FILE_NAME, [builders.version_event(), graph_event(torch_nodes(2))])
    async with listed(tmp_path) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "9 nodes" in lines(pilot)[0])
        builders.append(file, [graph_event(torch_nodes(3))])
        await until(pilot, lambda: "12 nodes" in lines(pilot)[0])


async def test_what_is_no_graph_says_why(tmp_path: Path) -> None:
    event = graph_event([])
    event.graph_def = b"\xff"
    builders.write(tmp_path / "a" / builders.FILE_NAME, [builders.version_event(), event])
    async with listed(tmp_path) as pilot:
        assert "bytes that hold no graph" in lines(pilot, "#graphs")[2]
        await pilot.press("enter")
        await until(pilot, lambda: "bytes that hold no graph" in shown(pilot, "#graph"))
        await pilot.press("down", "right", "g", "S", "n", "c", "e", "comma", "plus", "space", "enter", "escape")
        await until(pilot, lambda: pilot.app.screen.selection.opened_in(Tab.GRAPHS) is None)  # type: ignore[attr-defined]


async def test_an_empty_graph(tmp_path: Path) -> None:
    builders.write(tmp_path / "a" / builders.FILE_NAME, [builders.version_event(), graph_event([])])
    async with listed(tmp_path) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "nothing in this graph" in shown(pilot, "#graph"))
        for key in (
            "down",
            "right",
            "left",
            "space",
            "enter",
            "plus",
            "minus",
            "S",
            "n",
            "g",
            "S",
            "enter",
            "g",
            "enter",
        ):
            await pilot.press(key)


async def test_the_mouse_does_it_too(tmp_path: Path) -> None:
    async with graph(with_graphs(tmp_path), "torch", "__run_graph__") as pilot:
        await pilot.click("#graph", offset=(8, 5))
        assert "▸ Linear[0]" in under_cursor(pilot)
        await pilot.click("#graph", offset=(8, 2))
        await pilot.click("#graph", offset=(8, 2))
        await until(pilot, lambda: lines(pilot)[1] == " input/x")


async def test_the_filter_of_the_list(tmp_path: Path) -> None:
    async with listed(with_graphs(tmp_path)) as pilot:
        await pilot.press("slash", *"ker", "enter")
        assert len(lines(pilot, "#graphs")) == 3
        await pilot.press("slash", *"x", "enter")
        assert "no graph matches /kerx" in shown(pilot, "#graphs")


@pytest.mark.parametrize("size", [(40, 10), (60, 20), (100, 30), (300, 100)])
async def test_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with graph(with_graphs(tmp_path), "torch", "__run_graph__", size) as pilot:
        for key in ("g", "g", "g", "end", "enter", "escape"):
            await pilot.press(key)
            await pilot.pause()
            cells = pilot.app.screen.query_one(GraphFull)
            assert all(strip.cell_length == cells.size.width for strip in cells._strips)
            assert len(cells._strips) <= cells.size.height
