"""The configuration file: TOML -> Settings. What is wrong in it costs a line each, and the default is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.app.settings import RULES, Settings
from tui.render.text import printable

TABLES: Mapping[str, tuple[str, ...]] = {
    "": ("remember",),
    "defaults": (
        "theme",
        "palette",
        "density",
        "axis",
        "smoothing",
        "log_y",
        "no_outliers",
        "mean_of",
        "target",
        "memory",
        "spreadsheet",
    ),
    "terminal": ("ascii", "colours", "images", "bell", "notify", "diff", "mouse", "fps", "animations"),
}
"""Table -> its keys, each named like its setting; "" is what stands before the first table. `keys` is another."""
SPELLINGS = {"colors": "colours"}
_LARGEST = 1 << 20
_MOST_DOTS = 1000
_Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Config:
    """What a file says. `settings` has no keys: those asked for are checked when Textual may be imported.

    `complaints` are lines, one for each thing that is wrong; `shown` is how they name the file.
    """

    settings: Settings = field(default_factory=Settings)
    complaints: tuple[str, ...] = ()
    keys: _Table = field(default_factory=dict)
    shown: str = ""

    def checked_keys(self) -> tuple[dict[str, str], list[str]]:
        """The keys for `Settings.keys`, and a line for each that cannot be."""
        if not self.keys:
            return {}, []
        from tui.app.remapping import checked_keys

        keys, complaints = checked_keys(self.keys)
        return keys, [f"{self.shown}: keys.{complaint}" for complaint in complaints]


def read_config(path: Path) -> Config:
    """What a file says. One that is no TOML, or not there, gives one line and all defaults."""
    shown = printable(str(path))
    try:
        table = _parsed(path)
    except OSError as error:
        return Config(complaints=(f"cannot read {shown}: {error.strerror}; the defaults are taken",))
    except ValueError as error:
        return Config(complaints=(f"{shown}: {printable(str(error))}; the defaults are taken",))
    settings, keys, complaints = _settings(table)
    return Config(settings, tuple(f"{shown}: {complaint}" for complaint in complaints), keys, shown)


def _parsed(path: Path) -> _Table:
    """Raises OSError, or ValueError for what is no TOML."""
    import tomllib  # takes 10 ms, which nobody without such a file waits for

    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError("larger than a configuration may be, 1 MiB")
    # Python's reader keeps all beginnings of a name: one of 100,000 parts takes 40 GB.
    if any(line.count(b".") > _MOST_DOTS for line in data.splitlines()):
        raise ValueError(f"a line of more than {_MOST_DOTS} dots")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _settings(table: _Table) -> tuple[Settings, _Table, list[str]]:
    values: dict[str, object] = {}
    keys: _Table = {}
    complaints: list[str] = []
    for name, value in table.items():
        if isinstance(value, dict) and name in TABLES:
            complaints += _take(name, value, values)
        elif isinstance(value, dict) and name == "keys":
            keys = value
        elif name in TABLES[""]:
            complaints += _take("", {name: value}, values)
        else:
            complaints.append(_about_name("", name, value))
    return replace(Settings(), **values), keys, complaints  # type: ignore[arg-type]  # the rules saw to the types


def _take(table: str, entries: _Table, values: dict[str, object]) -> list[str]:
    """Put a table's settings into `values`; returns the lines on those that are wrong."""
    complaints = []
    for written, value in entries.items():
        name = SPELLINGS.get(written, written)
        if name not in TABLES[table]:
            complaints.append(_about_name(table, written, value))
            continue
        try:
            values[name] = RULES[name].taken(value)
        except ValueError:
            full, shown = _full(table, written), _shown(value)
            complaints.append(f"{full} is {shown}, not {RULES[name].allowed}; {_default(name)} is taken")
    return complaints


def _about_name(table: str, name: str, value: object) -> str:
    """The line on a name that is none, or not of that kind; it may stand in another table."""
    tables = [*TABLES, "keys"] if table == "" else []
    if name in tables:
        return f"{name} is {_shown(value)}, not a table"
    home = next((home for home, names in TABLES.items() if SPELLINGS.get(name, name) in names), None)
    if home is not None:
        return f"{_full(table, name)} is not known; {_full(home, name)} is"
    from difflib import get_close_matches  # for nobody else to wait for

    known = [*TABLES[table], *(f"[{other}]" for other in tables if other)]
    near = get_close_matches(name, [known_name.strip("[]") for known_name in known], n=1)
    hint = f"is {near[0]} meant?" if near else f"known: {', '.join(known)}"
    return f"{_full(table, printable(name[:40]))} is not known; {hint}"


def _shown(value: object) -> str:
    try:
        return printable(repr(value)[:40])
    except ValueError:  # written in hexadecimal digits, of which TOML allows any number
        return "a number of thousands of digits"


def _full(table: str, name: str) -> str:
    return f"{table}.{name}" if table else name


def _default(name: str) -> str:
    value = getattr(Settings(), name)
    without = "what the terminal allows" if name in TABLES["terminal"] else "none"
    return {True: "true", False: "false", None: without}.get(value, str(value))


def setting_names() -> Iterable[str]:
    """Every name that the file may have, with its table."""
    return [_full(table, name) for table, names in TABLES.items() for name in names]
