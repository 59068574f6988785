"""The only Textual App and Widget code."""

import os

# How often Textual looks whether there is something to draw. At its 60 times a second a key waits some 8 ms for its
# answer; nothing is drawn, nor sent, more often than it changes. Textual reads this when it is imported.
os.environ.setdefault("TEXTUAL_FPS", "250")
