"""The only Textual App and Widget code."""

import os

# Textual reads both when it is imported. How often it looks whether there is something to draw: at its 60 times a
# second a key waits some 8 ms for its answer; nothing is drawn, nor sent, more often than it changes.
os.environ.setdefault("TEXTUAL_FPS", "250")
# Colours are reduced here, in `output.colours`.
os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"


def cap_frames(fps: int) -> None:
    """Draw a change at most so often a second; to be called before Textual is imported."""
    os.environ["TEXTUAL_FPS"] = str(fps)
