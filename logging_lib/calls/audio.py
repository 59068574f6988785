"""SummaryWriter.add_audio."""

from __future__ import annotations

from functools import partial
from typing import SupportsInt

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink
from logging_lib.capture import captured_array


class AudioCalls(EventSink):
    """Sounds."""

    def add_audio(
        self,
        tag: str,
        snd_tensor: object,
        global_step: SupportsInt | None = None,
        sample_rate: float = 44100,
        walltime: float | None = None,
    ) -> None:
        """Log a sound as a WAV file of 16 bits; copied.

        Args:
            snd_tensor: one channel of any shape with one axis longer than 1, or two channels as [L, 2] or [2, L]; of -1
                to 1, clipped beyond, or int16, int32 or uint8 as sound files have them.
            sample_rate: samples a second.
        """
        from logging_lib.summary.audio import audio, check_sound, checked_rate

        with About(tag):
            sound = captured_array(snd_tensor)
            check_sound(sound.shape)
            rate = checked_rate(sample_rate)
        self._log_event(tag, partial(audio, tag, sound, rate), global_step, walltime, nbytes=sound.nbytes)
