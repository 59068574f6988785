"""A ramp of colours for amounts, in even steps of lightness as the eye sees it, from the background to the far end.

Colours are computed in OKLab (https://bottosson.github.io/posts/oklab/). Lightness alone tells the amount, so it is
read by the colour-blind and on paper, too; hue and chroma only help to tell neighbours apart.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Lightness of the far end on a dark and on a light background, and hues in degrees on the way: violet, red, yellow.
_END = {True: 0.95, False: 0.25}
_HUES = {True: (285.0, 360.0, 455.0), False: (455.0, 385.0, 285.0)}
_CHROMA = 0.19
_TO_LMS = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # fmt: skip
_TO_LAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # fmt: skip


@lru_cache(maxsize=16)
def ramp(background: str, n: int) -> tuple[str, ...]:
    """`n` colours, #rrggbb, the first that of the background, each farther from it in lightness by the same step."""
    start = lightness(background)
    dark = start < 0.5
    along = np.linspace(0.0, 1.0, n)
    hues = np.interp(along, [0.0, 0.5, 1.0], _HUES[dark])
    inner = [
        _colour(start + (_END[dark] - start) * float(share), _CHROMA * math.sin(math.pi * (0.1 + 0.8 * share)), hue)
        for share, hue in zip(along[1:], hues[1:], strict=True)
    ]
    return (background, *inner)


def lightness(colour: str) -> float:
    """How light a colour, #rrggbb, is seen to be: OKLab's L, 0 to 1."""
    return float(_lab(colour)[0])


def _lab(colour: str) -> Floats:
    encoded = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear))


def _colour(light: float, chroma: float, hue: float) -> str:
    """The sRGB colour; of a chroma that the screen cannot show as much as it can."""
    for share in np.linspace(1.0, 0.0, 41):
        at = math.radians(hue)
        lab = np.array([light, share * chroma * math.cos(at), share * chroma * math.sin(at)])
        linear = np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3)
        if (linear >= -1e-6).all() and (linear <= 1 + 1e-6).all():
            break
    linear = np.clip(linear, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(channel) * 255):02x}" for channel in encoded)
