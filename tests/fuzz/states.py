"""The target of what the screen remembers: any JSON in the file's place gives a selection, and is written again."""

from __future__ import annotations

import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.mutation import Change
from tests.fuzz.target import Target, assert_harmless, stored
from tui.analysis.hparams.axes import Scale
from tui.analysis.hparams.groups import Pooling
from tui.app.choices import Aggregation, RunOrder, Spread
from tui.app.hparam_choices import HParamChoices
from tui.app.remembered import FORMS, applied, changes, written
from tui.app.selection import Filter, Selection
from tui.app.state_file import BrokenStateError, StateFile

_ODD = (None, True, 0, -1, 1.5, 1e400, float("nan"), 10**400, "", "a", "lin", "min", "\udc80\x1b", [], ["a", 1], {})
_CHOSEN = Selection(
    hidden=frozenset({"a", "b\udcff"}),
    baseline="a",
    aggregation=Aggregation("s[0-9]", Spread.STD),
    runs_filter=Filter("a|b"),
    pinned_tags=("loss",),
    run_order=RunOrder.BEST,
    order_tag="loss",
    weight=0.9,
    hparams=HParamChoices(
        where="lr>1",
        sort=(("lr", True),),
        pooling=Pooling.BEST,
        put_away=frozenset({"x"}),
        scales=(("lr", Scale.LOG),),
        ranges=(("lr", 0.1, 1.0), ("opt", "adam", "sgd")),
    ),
)


def check_state(data: bytes) -> None:
    """It is taken or refused in a line; what is taken is written and read again as the same."""
    with stored("state.json", data) as path:
        try:
            fields = StateFile(path).read()
        except BrokenStateError as error:
            assert_harmless(str(error), "state")
            return
        selection, wrong = applied(fields, Selection())
        assert set(wrong) <= FORMS.keys() & fields.keys()
        kept = written(changes(Selection(), selection))
        left_out = StateFile(path).write(kept)
        again, refused = applied(StateFile(path).read(), Selection())
        assert not refused
        assert left_out or again == selection


def changed_json(data: bytes, most: int, seed: int, change: Change) -> bytes:
    """A document with something else in one place of it."""
    chance = random.Random(seed)
    try:
        document = json.loads(data)
        places = list(_places(document))
        if not places or chance.random() < 0.1:
            return change(data, most)
        holder, key = chance.choice(places)
        kind = chance.randrange(4)
        if kind == 0 and isinstance(holder, dict):
            holder[chance.choice((*FORMS, "format", "where", "x"))] = holder.pop(key)
        elif kind == 1 and isinstance(holder, list):
            holder.insert(chance.randint(0, len(holder)), holder[key])
        elif kind == 2:
            other, place = chance.choice(places)
            holder[key] = json.loads(json.dumps(other[place]))
        else:
            holder[key] = chance.choice(_ODD)
        return json.dumps(document).encode()[:most]
    except (ValueError, RecursionError):
        return change(data, most)


def _places(item: object) -> list[tuple[object, object]]:
    """Every place in a document: what holds it, and by which key."""
    pairs = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    return [found for key, value in list(pairs) for found in ((item, key), *_places(value))]


def _seeds() -> list[bytes]:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "state.json"
        StateFile(path).write(written(changes(Selection(), _CHOSEN)))
        whole = path.read_bytes()
    return [whole, json.dumps(json.loads(whole)).encode()]


TARGETS = (Target("state", check_state, _seeds, changed_json),)
