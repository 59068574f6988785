"""The full view of an audio tag: waveforms of all runs one under the other, over one axis of seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip as Line

from logging_lib.tfevents import plugins
from tui.analysis.time_ticks import duration_ticks
from tui.app import saving
from tui.app.blob_title import RUN_LEAST, Ways
from tui.app.blobs import Unreadable
from tui.app.choices import Tab
from tui.app.messages import Noticed
from tui.app.parts import Part, cells_of, spread
from tui.app.plot import chart_styles
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.sound_facts import form_texts, level_texts, seconds_text
from tui.app.sound_view import (
    Strip,
    envelope_of,
    lane_rows,
    limit,
    values_at,
    whole_stretch,
)
from tui.app.sounds import Sound, Sounds, read_sounds
from tui.app.widgets.audio_keys import AudioKeys
from tui.model import SeriesKey
from tui.reader.media_types import extension
from tui.reader.payload import read_audio
from tui.render.cells import width as cells
from tui.render.numbers import plural
from tui.render.strips import canvas_strips
from tui.render.text import printable
from tui.render.waveform import AXIS_ROWS, Lane, draw_lane, draw_seconds
from tui.render.window import Window
from tui.store.snapshot import BlobSeries

_CELLS_A_TICK = 14
_READING = "reading…"
_ALL, _ALONE = "all runs", "one run"
_SIDES = {2: ("L", "R")}


class AudioFull(AudioKeys):
    """The clips of the open tag at one step. With `alone` only those of the focused run are shown."""

    kind = plugins.AUDIO
    tab = Tab.AUDIO

    alone = reactive(False, repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._first = self._shown = 0
        self._followed: SeriesKey | None = None
        self._follows = True

    def watch_alone(self) -> None:
        self.redraw()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        if old.opened_in(self.tab) != new.opened_in(self.tab):
            self.forget_places()
        super().watch_selection(old, new)

    @property
    def stepped(self) -> Sequence[BlobSeries]:
        series = self.series
        return [] if series is None else [series] if self.alone else self.all_series

    # What is shown

    def strips(self) -> list[Strip]:
        """The clips of every run that is shown."""
        return [strip for series in self.stepped for strip in self._strips_of(series)]

    def _strips_of(self, series: BlobSeries) -> Iterator[Strip]:
        line = self.line(series)
        entry = int(line.entries[line.at(self.selection.step)])
        found = self.shared.blobs.get(series.refs[entry], read_sounds)
        if not isinstance(found, Sounds):
            yield Strip(series, entry, 0, 1, None, str(found) if isinstance(found, Unreadable) else _READING)
            return
        if not found.clips:
            yield Strip(series, entry, 0, 1, None, "no clip")
        clips = len(found.clips) + found.more
        for item, sound in enumerate(found.clips):
            yield Strip(series, entry, item, clips, sound, sound.why)

    def _in_view(self, strips: Sequence[Strip], rows: int) -> tuple[Sequence[Strip], int]:
        """Those that fit, and the rows of a waveform; the focused run's among them, until one scrolls."""
        by, focused = self.take_scrolled(), self.series.key if self.series is not None else None
        first = min(max(self._first + by, 0), len(strips) - 1)
        self._follows = focused != self._followed or (self._follows and not by)
        self._followed = focused
        if self._follows:
            at = next((i for i, strip in enumerate(strips) if strip.series.key == focused), 0)
            first = min(first, at)
            while at >= first + lane_rows(strips[first:], rows)[0]:
                first += 1
        shown, height = lane_rows(strips[first:], rows)
        while first and first + shown == len(strips):  # as many as there is room for
            more, lower = lane_rows(strips[first - 1 :], rows)
            if more == shown:
                break
            first, shown, height = first - 1, more, lower
        self._first = first
        return strips[first : first + shown], height

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Line]:
        series = self.series
        if series is None:
            return self.none_visible("sound", width, height)
        strips = self.strips()
        waits = any(strip.problem == _READING for strip in strips)
        key = (self.tag, self.look, width, height, self.alone)
        lines = self.kept(key, waits, lambda: self._lines(strips, width, height - 1))
        return self.filled([self._title(series, strips, width, waits=waits), *lines], width, height)

    def _lines(self, strips: Sequence[Strip], width: int, height: int) -> list[Line]:
        whole = self.whole = whole_stretch(strips)
        view = self.view
        shown, lane_height = self._in_view(strips, max(height - (AXIS_ROWS if whole is not None else 0), 1))
        self._shown = len(shown)
        if view is None:
            return [self._facts(strip, width) for strip in shown]
        peak = limit(strips)
        self.window = window = Window(*view, -peak, peak)
        lines = [line for strip in shown for line in self._drawn(strip, window, width, lane_height)]
        ticks = [(t.value, t.label) for t in duration_ticks(*view, max(2, width // _CELLS_A_TICK))]
        styles = chart_styles(self.shared.runs, [], self.look)
        axis = canvas_strips(draw_seconds(ticks, window, width), styles)
        return [*lines[: max(height - AXIS_ROWS, 0)], *axis]

    def _title(self, series: BlobSeries, strips: Sequence[Strip], width: int, *, waits: bool) -> Line:
        look = self.look
        right: list[Part] = [(f"  {_READING}", look.dim)] if waits else []
        if self.cursor is not None:
            right.append((f"  at {seconds_text(self.cursor)}", look.accent))
        if self.mark is not None and self.cursor is not None:
            right.append((f"  Δ {seconds_text(abs(self.cursor - self.mark))}", look.warning))
        least = len(right)
        if self.zoom is not None and self.view is not None:
            right.append((f"  zoomed: {' to '.join(map(seconds_text, self.view))}", look.dim))
        if self._shown < len(strips):
            right.append((f"  clips {self._first + 1}-{self._first + self._shown} of {len(strips)}", look.dim))
        return self.fitted_title(series, width, right, "sound", max(least, 1))

    def _facts(self, strip: Strip, width: int, values: Sequence[tuple[float, float]] = ()) -> Line:
        """One line about a clip: its run, what it is, its level; at the right its value at the cursor."""
        look = self.look
        focused = self.series is not None and strip.series.key == self.series.key
        named = self.run_parts(strip.series.key.run, max(width // 2, RUN_LEAST))
        head: list[Part] = [(f" {text}", style + Style(bold=focused)) for text, style in named]
        if strip.of > 1:
            head.append((f"  clip {strip.item + 1} of {strip.of}", look.text))
        if strip.problem:
            head.append((f"  {printable(strip.problem)}", look.dim if strip.sound is not None else look.error))
        right: list[Part] = [(f"  {'  '.join(map(_value, values))} ", look.accent)] if values else []
        room = width - cells_of(head) - cells_of(right)
        return spread([*head, *(self._said(strip.sound, room) if strip.sound is not None else [])], right, width, look)

    def _said(self, sound: Sound, room: int) -> list[Part]:
        """As much as there is room for: what is wrong and how long it is before anything else."""
        look, form = self.look, form_texts(sound)
        levels, wrong = level_texts(sound)
        label = printable(" ".join(sound.label.split()))
        texts = [*wrong, *form, *levels, *([label] if label else [])]
        first = [*wrong, *form[:1], *levels[:1]]
        kept: list[str] = []
        for text in (*first, *(text for text in texts if text not in first)):
            if sum(cells(other) + 2 for other in (*kept, text)) <= room:
                kept.append(text)
        styles = dict.fromkeys(wrong, look.warning) | dict.fromkeys([*form[:1], *levels[:1]], look.text)
        return [(f"  {text}", styles.get(text, look.dim)) for text in texts if text in kept]

    def _drawn(self, strip: Strip, window: Window, width: int, height: int) -> list[Line]:
        sound = strip.sound
        if sound is None or not strip.lanes or not sound.rate or sound.channels is None:
            return [self._facts(strip, width)]
        envelope = envelope_of(strip, (window.x0, window.x1), 2 * width, self.shared.blobs)
        values = [] if self.cursor is None else values_at(envelope, round(self.cursor * sound.rate))
        lines = [self._facts(strip, width, values)]
        styles = chart_styles(self.shared.runs, [strip.series.key.run], self.look)
        names = _SIDES.get(sound.channels, tuple(map(str, range(1, sound.channels + 1)))) if sound.channels > 1 else "0"
        marks = () if self.mark is None else (self.mark,)
        for channel in range(strip.lanes):
            x, y = envelope.curve(channel, sound.rate)
            clipped = envelope.seconds(sound.rate)[envelope.clipped[channel]]
            lane = Lane(x, y, clipped, 0, names[channel])
            lines += canvas_strips(draw_lane(lane, window, width, height, self.cursor, marks), styles)
        return lines

    # What keys do

    @property
    def ways(self) -> Ways | None:
        return Ways(_ALONE if self.alone else _ALL, (_ALL, _ALONE)) if len(self.all_series) > 1 else None

    def show_way(self, way: str) -> None:
        self.alone = way == _ALONE

    def next_view(self) -> None:
        """All runs, or the focused one alone."""
        if self.ways is None:
            self.post_message(Noticed("one run: nothing else to show beside it"))
        else:
            self.alone = not self.alone

    def action_export(self) -> None:
        """The clips of the focused run go to files, as they were logged."""
        if (series := self.series) is not None:
            self.run_worker(partial(self._export, series), thread=True)

    def _export(self, series: BlobSeries) -> None:
        """Runs on a thread of its own."""
        line = self.line(series)
        at = line.at(self.selection.step)

        def files() -> Iterator[tuple[str, bytes]]:
            for item, clip in enumerate(read_audio(series.refs[int(line.entries[at])])):
                yield saving.file_name(series.key, line, at, extension(clip.encoded), item), clip.encoded

        self.post_message(saving.save(files, self.shared.logdirs))

    def action_copy(self) -> None:
        """What is said of all clips goes to the clipboard, a line each."""
        rows = [self._facts(strip, 1000).text.strip() for strip in self.strips()]
        if rows:
            self.app.copy_to_clipboard("\n".join(rows))
            self.post_message(Noticed(f"copied what is said of {plural(len(rows), 'clip')}"))


def _value(extremes: tuple[float, float]) -> str:
    """A sample, or the least and greatest of those that share a column."""
    low, high = extremes
    return f"{low:+.4f}" if low == high or low != low else f"{low:+.3f}…{high:+.3f}"
