"""Sounds: samples -> a WAV file of 16 bits -> Summary."""

from __future__ import annotations

import functools
import io
import logging
import wave
from typing import Any

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.proto import summary_pb2

Samples = npt.NDArray[np.int16]
_SAMPLE_BYTES = 2
_LARGEST = np.iinfo(np.int16).max
_STEREO = 2
# A WAV tells bytes a second in 32 bits.
_MAX_RATE = (1 << 32) // (_STEREO * _SAMPLE_BYTES)

_logger = logging.getLogger("logging_lib")


def check_sound(shape: tuple[int, ...]) -> None:
    """Refuse at the call what is no sound of one or two channels.

    Raises:
        ValueError: no samples, or axes beside the one of time, other than one of 2.
    """
    if 0 in shape:
        raise ValueError(f"no samples in shape {list(shape)}")
    longer = [size for size in shape if size > 1]
    if not shape or len(longer) > 2 or (len(longer) == 2 and _STEREO not in longer):
        raise ValueError(f"expected samples of shape [L], [L, 2] or [2, L], got {list(shape)}")


def checked_rate(sample_rate: float) -> float:
    """Samples a second as a float.

    Raises:
        TypeError, ValueError: no number, or none that a WAV can tell.
    """
    number = float(sample_rate)
    if not 1 <= number < _MAX_RATE:
        raise ValueError(f"sample_rate {sample_rate} is not between 1 and {_MAX_RATE}")
    return number


def audio(tag: str, sound: npt.ArrayLike, sample_rate: float) -> summary_pb2.Summary:
    """A WAV of a sound with axes as `check_sound` allows them.

    int16, int32 and uint8 are samples as sound files have them, of their whole range; any other dtype is taken as -1
    to 1, and clipped with a warning, one for each tag; NaN is silence. Source: torch.utils.tensorboard.summary.audio,
    which knows one channel and no integers, and tensorboardX.summary.audio for [L, 2].
    """
    samples = _pcm(tag, _channels_last(np.asarray(sound)))
    frames, channels = samples.shape
    proto = summary_pb2.Summary.Audio(
        sample_rate=sample_rate,
        num_channels=channels,
        length_frames=frames,
        encoded_audio_string=_wav(samples, sample_rate),
        content_type="audio/wav",
    )
    return summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, audio=proto)])


def _channels_last(sound: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[frames, 1 or 2]; two frames of two channels are taken as tensorboardX has them."""
    squeezed = sound.squeeze()
    if squeezed.ndim < 2:
        return squeezed.reshape(-1, 1)
    return squeezed if squeezed.shape[1] == _STEREO else squeezed.T


def _pcm(tag: str, sound: npt.NDArray[Any]) -> Samples:
    dtype = sound.dtype.newbyteorder("=")
    if dtype == np.int16:
        return sound.astype(np.int16)
    if dtype == np.int32:
        return (sound >> 16).astype(np.int16)
    if dtype == np.uint8:
        return (sound.astype(np.int16) - np.int16(128)) * np.int16(256)
    samples = sound.astype(np.float64 if dtype == np.float64 else np.float32)
    if (np.abs(samples) > 1).any():
        _warn_clipped(tag)
    clipped: npt.NDArray[np.floating] = np.nan_to_num(samples).clip(-1, 1)
    return (clipped * _LARGEST).astype(np.int16)


@functools.lru_cache(maxsize=1000)
def _warn_clipped(tag: str) -> None:
    _logger.warning("tag %r: audio amplitude out of range -1 to 1, clipped; not told again for this tag", tag)


def _wav(samples: Samples, sample_rate: float) -> bytes:
    output = io.BytesIO()
    with wave.open(output, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(_SAMPLE_BYTES)
        file.setframerate(sample_rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return output.getvalue()
