"""SummaryWriter.add_video."""

from __future__ import annotations

from functools import partial
from typing import SupportsInt

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink
from logging_lib.capture import captured_array


class VideoCalls(EventSink):
    """Videos."""

    def add_video(
        self,
        tag: str,
        vid_tensor: object,
        global_step: SupportsInt | None = None,
        fps: float = 4,
        walltime: float | None = None,
    ) -> None:
        """Log videos of shape [N, T, C, H, W] as one animated GIF, the N of them side by side; copied.

        Pixels as `add_image` takes them; 1 channel, 3 or 4. A GIF has 256 colors a frame and lasts T / fps seconds,
        or longer for more than 50 frames a second, which viewers do not play.
        """
        from logging_lib.summary.gif import checked_fps
        from logging_lib.summary.video import check_video, video

        with About(tag):
            frames = captured_array(vid_tensor)
            check_video(frames.shape)
            rate = checked_fps(fps)
        self._log_event(tag, partial(video, tag, frames, rate), global_step, walltime, nbytes=frames.nbytes)
