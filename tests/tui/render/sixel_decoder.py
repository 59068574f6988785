"""Sixel read as a terminal reads it, sign by sign."""

from __future__ import annotations

import re

import numpy as np

_TOKEN = re.compile(r'"[0-9;]+|#[0-9]+(?:;2;[0-9;]+)?|![0-9]+[?-~]|[?-~]|[$-]')


def decoded(data: str) -> np.ndarray:
    """The picture [height, width, 3] that a sequence without its ends draws. Every pixel is drawn, and only once."""
    head, _, body = data.partition("q")
    assert head == "0;1"
    tokens = _TOKEN.findall(body)
    assert "".join(tokens) == body
    aspect_y, aspect_x, width, height = map(int, tokens.pop(0)[1:].split(";"))
    assert (aspect_y, aspect_x) == (1, 1)
    registers: dict[int, list[int]] = {}
    pixels = np.full((height, width, 3), -1)
    top = x = colour = 0
    for token in tokens:
        if token == "$":
            x = 0
        elif token == "-":
            x, top = 0, top + 6
        elif token[0] == "#":
            colour, *rest = map(int, re.split("[;]", token[1:]))
            if rest:
                registers[colour] = [round(part * 255 / 100) for part in rest[1:]]
        else:
            count, sign = (int(token[1:-1]), token[-1]) if token[0] == "!" else (1, token)
            for bit in range(6):
                if ord(sign) - 63 >> bit & 1:
                    drawn = pixels[top + bit, x : x + count]
                    assert drawn.shape[0] == count and (drawn == -1).all()
                    drawn[:] = registers[colour]
            x += count
    assert (pixels >= 0).all()
    return pixels
