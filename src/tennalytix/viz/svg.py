"""Drawings as SVG: plain text that opens anywhere, the same bytes for the same drawing."""

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray

INK, QUIET, LINE, PAPER = "#1b1f24", "#5a6270", "#d9dce1", "#ffffff"
NEAR, FAR, BALL = "#c96a00", "#0b76b8", "#b3277c"
"""As on the review pages."""
ROLES = {"near": NEAR, "far": FAR}

_SKIP_PX = 0.4
_LEFT, _SMALL = 16, 12
_WIDTH = 0.6
"""Of a character, as a share of the font's size; most are narrower."""


def document(size_wh: tuple[float, float], title: str, description: str, parts: Iterable[str]) -> str:
    """A whole SVG file on white ground; title and description are for those who do not see it."""
    width, height = (number(side) for side in size_wh)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" font-family="system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif">'
    )
    words = f"<title>{clean(title)}</title><desc>{clean(description)}</desc>"
    ground = f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
    return "\n".join([head, words, ground, *parts, "</svg>"]) + "\n"


def clean(text: str) -> str:
    """Text from outside as it may stand in SVG: escaped, and without characters that XML does not know.

    Examples:
        >>> clean("a<b>" + chr(7))
        'a&lt;b&gt;\ufffd'
    """
    return escape("".join(c if c.isprintable() else "\ufffd" for c in text))


def number(value: float) -> str:
    """A number in as few characters as a tenth needs.

    Examples:
        >>> number(12.04), number(0.25), number(-0.01)
        ('12', '0.2', '0')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def text(xy: tuple[float, float], words: str, *, size: float = 12, fill: str = QUIET, anchor: str = "start") -> str:
    """Words whose baseline begins, ends or has its middle at a point."""
    place = f'x="{number(xy[0])}" y="{number(xy[1])}"'
    return f'<text {place} font-size="{number(size)}" fill="{fill}" text-anchor="{anchor}">{clean(words)}</text>'


def heading(words: str, room_px: float, size: float = 16) -> list[str]:
    """A title in the upper left corner, above 50 px: in two small lines where it is wider than `room_px`.

    The middle is left out of what is too long even for these; the file's own title has all of it.
    """
    if len(words) * _WIDTH * size <= room_px:
        return [text((_LEFT, 26), words, size=size, fill=INK)]
    fits = int(room_px / (_WIDTH * _SMALL))
    if len(words) > 2 * fits:
        words = f"{words[:fits]}…{words[1 - fits :]}"
    least = max(0, len(words) - fits)
    first = max((k + 1 for k, c in enumerate(words[:fits]) if c in "_ -/" and k + 1 >= least), default=fits)
    lines = (words[:first], words[first:])
    return [text((_LEFT, 17 + 16 * k), line, size=_SMALL, fill=INK) for k, line in enumerate(lines)]


def rectangle(xyxy: Sequence[float], fill: str, opacity: float = 1.0) -> str:
    """A filled rectangle."""
    x1, y1, x2, y2 = xyxy
    size = f'width="{number(x2 - x1)}" height="{number(y2 - y1)}"'
    return f'<rect x="{number(x1)}" y="{number(y1)}" {size} fill="{fill}" fill-opacity="{opacity:.2f}"/>'


def circle(xy: tuple[float, float], radius: float, fill: str, stroke: str = INK, words: str = "") -> str:
    """A dot; `words` are shown where the mouse rests on it."""
    shape = f'<circle cx="{number(xy[0])}" cy="{number(xy[1])}" r="{number(radius)}" fill="{fill}" stroke="{stroke}"'
    return f"{shape}><title>{clean(words)}</title></circle>" if words else f"{shape}/>"


def triangle(xy: tuple[float, float], radius: float, fill: str, words: str = "") -> str:
    """A triangle that stands on its base, with words as `circle` has them."""
    x, y = xy
    points = " ".join(f"{number(x + a * radius)},{number(y + b * radius)}" for a, b in ((0, -1.1), (-1, 0.8), (1, 0.8)))
    return f'<polygon points="{points}" fill="{fill}"><title>{clean(words)}</title></polygon>'


def line(xy: ArrayLike, stroke: str, width: float = 1.5, *, dashed: bool = False, opacity: float = 1.0) -> str:
    """A line through points (n, 2), broken where one is NaN; points closer than the eye sees apart are left out."""
    path = "".join(_path(run) for run in _runs(np.asarray(xy, dtype=np.float64).reshape(-1, 2)))
    dashes = ' stroke-dasharray="4 3"' if dashed else ""
    style = f'stroke="{stroke}" stroke-width="{number(width)}" stroke-opacity="{opacity:.2f}" stroke-linejoin="round"'
    return f'<path d="{path}" fill="none" {style}{dashes}/>' if path else ""


def band(x: ArrayLike, low: ArrayLike, high: ArrayLike, fill: str, opacity: float = 0.2) -> str:
    """The area between two lines over the same x, (n,) each, broken where one is NaN."""
    rows = np.column_stack([np.asarray(a, dtype=np.float64) for a in (x, low, high)])
    shapes = []
    for run in _runs(rows):
        around = np.vstack([run[:, :2], run[::-1][:, [0, 2]]])
        shapes.append(_path(around) + "Z")
    return f'<path d="{"".join(shapes)}" fill="{fill}" fill-opacity="{opacity:.2f}"/>' if shapes else ""


def _runs(rows: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Stretches of at least two rows without NaN."""
    known = np.isfinite(rows).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    return [rows[a:b] for a, b in edges.reshape(-1, 2) if b - a > 1]


def _path(points: NDArray[np.float64]) -> str:
    kept = [points[0]]
    for point in points[1:-1]:
        if abs(point - kept[-1]).max() >= _SKIP_PX:
            kept.append(point)
    kept.append(points[-1])
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in kept)
