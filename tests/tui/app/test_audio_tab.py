"""The audio tab: outlines in the list; waveforms, cursor, zoom and export in the full view."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from textual import events
from textual.pilot import Pilot

from logging_lib import SummaryWriter
from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.app.screens import decoded, logged_runs, second_tab, shown, until
from tui.app import sounds
from tui.app.widgets.audio_full import AudioFull

RATE = 8000
Sound = npt.NDArray[np.float64]


def wav(*channels: Sound, rate: int = RATE) -> bytes:
    """16 bits a sample; 1 is 32767."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.stack(channels, axis=1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def sine(seconds: float, amplitude: float = 0.5, hertz: float = 4.0) -> Sound:
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def audio(tag: str, step: int, data: bytes, **fields: object) -> event_pb2.Event:
    sound = summary_pb2.Summary.Audio(encoded_audio_string=data, **fields)
    value = summary_pb2.Summary.Value(tag=tag, audio=sound)
    return builders.event(value, step=step, wall_time=builders.WALL_TIME + step)


def clips(tag: str, step: int, *pairs: tuple[bytes, str]) -> event_pb2.Event:
    array = np.array([[data, label.encode()] for data, label in pairs], object)
    return builders.event(builders.tensor(tag, to_tensor_proto(array), plugins.AUDIO), step=step)


def full(pilot: Pilot[None]) -> list[str]:
    return shown(pilot, "#audio").splitlines()


def view(pilot: Pilot[None]) -> AudioFull:
    return pilot.app.query_one(AudioFull)


def notice(pilot: Pilot[None]) -> str:
    return shown(pilot, "KeysLine").strip()


async def test_a_line_of_the_list_tells_what_a_clip_is(tmp_path: Path) -> None:
    logged = [
        audio("a", 1, wav(sine(2))),
        audio("b", 2, wav(sine(0.05), sine(0.05))),
        clips("c", 3, (wav(sine(1)), "said *x*"), (wav(sine(2)), "")),
        audio("d", 4, wav(np.ones(1000))),
        audio("e", 5, b"fLaC....", sample_rate=44100.0, num_channels=2, length_frames=88200),
    ]
    async with second_tab(logged_runs(tmp_path, a=logged), size=(160, 30)) as pilot:
        rows = [" ".join(line.split()) for line in shown(pilot, "#audios").splitlines()[1:6]]
        assert rows[0].endswith("2 s peak -6.0 dBFS 8 kHz mono 1 1")
        assert rows[1].endswith("50 ms peak -6.5 dBFS 8 kHz stereo 1 2")
        assert rows[2].endswith("1 s peak -6.0 dBFS 8 kHz 2 clips said *x* 1 3")
        assert rows[3].endswith("0.125 s clipped 1k 8 kHz mono 1 4")
        assert "not drawn" in rows[4] and rows[4].endswith("2 s 44.1 kHz stereo 1 5")
        assert all("⣀" <= row.split()[2][0] <= "⣿" for row in rows[:4])


async def test_the_waveforms_of_all_runs_stand_over_one_axis(tmp_path: Path) -> None:
    logdir = logged_runs(tmp_path, a=[audio("x", 3, wav(sine(2)))], b=[audio("x", 3, wav(sine(1, 0.25), sine(1, 0.7)))])
    async with second_tab(logdir, "enter") as pilot:
        lines = full(pilot)
        assert "step 3  (1 of 1)" in lines[0]
        first, second = (next(i for i, line in enumerate(lines) if said in line) for said in ("mono", "stereo"))
        assert "2 s  8 kHz  mono  16-bit PCM  32 kB  peak -6.0 dBFS  RMS -9.0 dBFS" in lines[first]
        assert "peak -3.1 dBFS" in lines[second]
        assert [line.split("┤")[0].strip() for line in lines if "┤" in line] == ["0.7", "0", "-0.7", "0.7", "L", "-0.7",
                                                                                 "0.7", "R", "-0.7"]  # fmt: skip
        assert lines[-1].split() == ["0", "0.5s", "1s", "1.5s", "2s"]
        assert lines[0].endswith("g all runs one run")
        await pilot.press("g")
        assert not any("mono" in line for line in full(pilot))
        assert full(pilot)[-1].split()[-1] == "1s"
        await pilot.click("#audio", offset=(full(pilot)[0].index("all runs"), 0))
        assert any("mono" in line for line in full(pilot))
        await pilot.press("g", "tab", "o", "tab", "g")  # of one run there is nothing to choose
        assert "nothing else to show" in shown(pilot, "KeysLine")


async def test_the_step_goes_through_those_of_all_runs(tmp_path: Path) -> None:
    sound = wav(sine(1))
    logdir = logged_runs(tmp_path, a=[audio("x", 1, sound), audio("x", 3, sound)], b=[audio("x", 2, sound)])
    async with second_tab(logdir, "enter", "home", "right") as pilot:
        assert pilot.app.query_one(AudioFull).selection.step == (2, 0)


async def test_the_cursor_reads_out_time_and_value(tmp_path: Path) -> None:
    ramp = np.arange(RATE) / RATE
    async with second_tab(logged_runs(tmp_path, a=[audio("x", 1, wav(ramp))]), "enter", "full_stop") as pilot:
        assert full(pilot)[0].endswith("  at 0.5 s")
        value = float(full(pilot)[1].split()[-1])
        assert value == pytest.approx(0.5, abs=2e-4)
        await pilot.press("m", *["comma"] * 4)
        moved = view(pilot).cursor
        assert moved is not None and moved < 0.5
        assert "Δ" in full(pilot)[0]
        assert float(full(pilot)[1].split()[-1]) == pytest.approx(moved, abs=2e-4)
        await pilot.press("z")
        assert view(pilot).zoom == (moved, 0.5) and "zoomed: " in full(pilot)[0]
        await pilot.press("escape")
        assert view(pilot).cursor is None and view(pilot).mark is None and pilot.app.query_one("#audio").display
        await pilot.press("escape")
        assert pilot.app.query_one("#audios").display


async def test_zoom_goes_down_to_single_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.analysis.waveform.MOST_BLOCKS", 100)
    ramp = np.arange(RATE) / RATE
    async with second_tab(logged_runs(tmp_path, a=[audio("x", 1, wav(ramp))]), "enter", "full_stop") as pilot:
        assert "…" in full(pilot)[1].split()[-1]  # the extremes of 80 samples
        for _ in range(12):
            await pilot.press("plus")
            await decoded(pilot)
        low, high = view(pilot).view or (0.0, 0.0)
        assert high - low == pytest.approx(8 / RATE)
        assert float(full(pilot)[1].split()[-1]) == pytest.approx(0.5, abs=2e-4)
        await pilot.press("L")
        assert (view(pilot).view or (0.0, 0.0))[0] == pytest.approx(low + 2 / RATE)
        await pilot.press("H", "minus")
        assert (view(pilot).view or (0.0, 0.0))[0] < low
        await pilot.press("0")
        assert view(pilot).zoom is None


async def test_clipping_is_marked_where_it_is(tmp_path: Path) -> None:
    sound = np.concatenate([np.zeros(RATE), np.ones(RATE)])
    async with second_tab(logged_runs(tmp_path, a=[audio("x", 1, wav(sound))]), "enter") as pilot:
        assert "clipped 8k" in full(pilot)[1]
        above = full(pilot)[2]
        columns = view(pilot).size.width - len("-1┤")
        assert above.count("▴") == pytest.approx(columns / 2, abs=1)
        assert "▴" not in above[: columns // 2]


async def test_many_clips_are_scrolled_through(tmp_path: Path) -> None:
    sound = wav(sine(1))
    logged = {f"run{i}": [audio("x", 1, sound)] for i in range(12)}
    async with second_tab(logged_runs(tmp_path, **logged), "enter", size=(120, 20)) as pilot:
        assert "run11" in shown(pilot, "#audio") and "-12 of 12" in full(pilot)[0]  # the focused run's
        await pilot.press("tab", "home", "tab")
        assert "clips 1-" in full(pilot)[0]
        for _ in range(15):
            await pilot.press("J")
        assert "run11" in shown(pilot, "#audio") and "-12 of 12" in full(pilot)[0]
        await pilot.press(*["K"] * 15)
        assert "clips 1-" in full(pilot)[0]


async def test_what_is_no_wav_is_told_of_and_exported(tmp_path: Path) -> None:
    logdir = logged_runs(tmp_path / "logs", a=[audio("x", 7, b"OggS....", content_type="audio/ogg")])
    async with second_tab(logdir, "enter") as pilot:
        assert "not drawn: audio/ogg, only WAV with PCM or float samples is" in full(pilot)[1]
        await pilot.press("full_stop", "plus", "minus", "0", "m", "L", "z", "J")
        await pilot.press("e")
        await until(pilot, lambda: "written" in notice(pilot))
        assert Path("tbtui-a_x-step_7_0.ogg").read_bytes() == b"OggS...."


async def test_clips_are_exported_as_they_were_logged(tmp_path: Path) -> None:
    one, two = wav(sine(1)), wav(sine(2))
    logdir = logged_runs(tmp_path / "logs", a=[clips("x", 5, (one, "first"), (two, "second"))])
    async with second_tab(logdir, "enter") as pilot:
        assert "clip 1 of 2" in full(pilot)[1] and "first" in full(pilot)[1]
        await pilot.press("e")
        await until(pilot, lambda: "tbtui-a_x-step_5_0.wav and 1 file more written" in notice(pilot))
        assert [Path(f"tbtui-a_x-step_5_{item}.wav").read_bytes() for item in (0, 1)] == [one, two]
        await pilot.press("c")
        assert pilot.app.clipboard.count("\n") == 1 and "clip 2 of 2" in pilot.app.clipboard


async def test_too_much_audio_is_not_drawn_but_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "MOST_BYTES", 1000)
    async with second_tab(logged_runs(tmp_path / "logs", a=[audio("x", 1, wav(sine(1)))]), "enter") as pilot:
        assert "16.1 kB of audio: up to 1 kB are shown, more can be exported" in full(pilot)[1]
        await pilot.press("e")
        await until(pilot, lambda: "written" in notice(pilot))
        assert len(Path("tbtui-a_x-step_1_0.wav").read_bytes()) == 16044


async def test_the_mouse_sets_the_cursor_marks_and_zooms(tmp_path: Path) -> None:
    async with second_tab(logged_runs(tmp_path, a=[audio("x", 1, wav(sine(1)))]), "enter") as pilot:
        await pilot.mouse_down("#audio", offset=(40, 5))
        start = view(pilot).cursor
        assert start is not None
        await pilot.hover("#audio", offset=(60, 5))
        await pilot.mouse_up("#audio", offset=(60, 5))
        assert view(pilot).mark == start and (view(pilot).cursor or 0) > start
        widget = view(pilot)
        widget.post_message(events.MouseScrollUp(widget, 50, 5, 0, -1, 0, False, False, False))
        await pilot.pause()
        assert view(pilot).zoom is not None


async def test_a_damaged_wav_shows_what_is_there(tmp_path: Path) -> None:
    data = wav(sine(1))
    logged = [audio("x", 1, data[:100]), audio("y", 1, data[:30]), audio("z", 1, b"")]
    async with second_tab(logged_runs(tmp_path, a=logged), "enter") as pilot:
        assert "3.5 ms" in full(pilot)[1]
        await pilot.press("down")
        await decoded(pilot)
        assert "not drawn: audio/wav" in full(pilot)[1]
        await pilot.press("down")
        await decoded(pilot)
        assert "not drawn: application/octet-stream" in full(pilot)[1]


def write_logging_lib(logdir: Path, sound: Sound) -> None:
    with SummaryWriter(str(logdir)) as writer:
        writer.add_audio("x", sound, 4, RATE)


def write_torch(logdir: Path, sound: Sound) -> None:
    from torch.utils.tensorboard import SummaryWriter as TorchWriter

    with TorchWriter(str(logdir)) as writer:
        writer.add_audio("x", sound[np.newaxis], 4, RATE)


@pytest.mark.parametrize("write", [write_logging_lib, write_torch])
async def test_what_every_writer_wrote_is_read_back(tmp_path: Path, write: Callable[[Path, Sound], None]) -> None:
    sound = sine(1, 0.5, 440.0)
    write(tmp_path / "logs", sound)
    async with second_tab(tmp_path / "logs", "enter", "full_stop") as pilot:
        assert "1 s  8 kHz  mono  16-bit PCM" in full(pilot)[1]
        expected = (sound * 32767).astype(np.int16) / 32768
        at = round((view(pilot).cursor or 0.0) * RATE)
        assert float(full(pilot)[1].split()[-1]) == pytest.approx(expected[at], abs=5e-5)
