"""What is said of a clip in few words."""

from __future__ import annotations

import math

from tui.analysis.waveform import decibels
from tui.app.sounds import Sound
from tui.render.numbers import MINUTE, bytes_, count, number, plural
from tui.render.text import printable

_CHANNELS = {1: "mono", 2: "stereo"}


def seconds_text(seconds: float) -> str:
    """A length of time: 1.25 s, 3:07.5 from a minute on, 240 ms."""
    if seconds >= MINUTE:
        minutes, rest = divmod(round(seconds, 1), MINUTE)
        return f"{int(minutes)}:{rest:04.1f}"
    return f"{number(seconds * 1000)} ms" if 0 < seconds < 0.1 else f"{number(seconds)} s"


def rate_text(rate: float) -> str:
    """Samples a second: 8 kHz, 44.1 kHz, 22.05 kHz."""
    return f"{number(rate / 1000)} kHz" if rate >= 1000 else f"{number(rate)} Hz"


def channels_text(channels: int) -> str:
    """Mono, stereo, or how many channels."""
    return _CHANNELS.get(channels) or f"{count(channels)} channels"


def decibel_text(amplitude: float) -> str:
    """An amplitude in dB relative to full scale: -3.0 dBFS."""
    level = decibels(amplitude)
    if math.isnan(level):
        return "NaN"
    return f"{round(level, 1) + 0.0:.1f} dBFS" if math.isfinite(level) else "silence"


def form_texts(sound: Sound) -> list[str]:
    """Duration, rate, channels, encoding or type, and size; what is not known is left out."""
    texts = [seconds_text(sound.seconds)] if sound.seconds is not None else []
    if sound.rate is not None:
        texts.append(rate_text(sound.rate))
    if sound.channels is not None:
        texts.append(channels_text(sound.channels))
    return [*texts, printable(sound.encoding or sound.content_type), bytes_(sound.size)]


def level_texts(sound: Sound) -> tuple[list[str], list[str]]:
    """Peak and RMS; and what is wrong with the samples, if anything is."""
    loud = sound.loudness
    if loud is None:
        return [], []
    if math.isnan(loud.peak):
        return [], ["no finite sample"]
    levels = [f"peak {decibel_text(loud.peak)}"] + ([f"RMS {decibel_text(loud.rms)}"] if loud.peak else [])
    wrong = [f"clipped {count(loud.clipped)}"] if loud.clipped else []
    return levels, wrong + ([f"{plural(loud.bad, 'sample')} NaN or infinite"] if loud.bad else [])
