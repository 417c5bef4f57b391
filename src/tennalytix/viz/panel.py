"""A panel of a figure: something over time, with its axes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tennalytix.viz import svg

LEFT, RIGHT = 64.0, 16.0


@dataclass(frozen=True, slots=True)
class Panel:
    """Where values over time are drawn.

    Attributes:
        width: of the whole figure.
        top: upper edge of the panel.
        height: of the panel.
        times: first and last time shown, s.
        values: value at the lower and at the upper edge.
    """

    width: float
    top: float
    height: float
    times: tuple[float, float]
    values: tuple[float, float]

    def x(self, time_s: ArrayLike) -> NDArray[np.float64]:
        """Where times lie from left to right."""
        first, last = self.times
        share = (np.asarray(time_s, dtype=np.float64) - first) / max(last - first, 1e-9)
        result: NDArray[np.float64] = LEFT + share * (self.width - LEFT - RIGHT)
        return result

    def y(self, value: ArrayLike) -> NDArray[np.float64]:
        """Where values lie from above to below; what is beyond an edge lies on it."""
        low, high = self.values
        share = (np.asarray(value, dtype=np.float64) - low) / (high - low)
        result: NDArray[np.float64] = self.top + (1 - np.clip(share, 0, 1)) * self.height
        return result

    def points(self, time_s: ArrayLike, value: ArrayLike) -> NDArray[np.float64]:
        """Points (n, 2) of values at times."""
        return np.column_stack([self.x(time_s), self.y(value)])

    def axes(self, name: str, *, with_times: bool = True) -> list[str]:
        """Frame lines, numbers and the name of what is drawn, above the panel's left corner."""
        parts = [svg.text((LEFT, self.top - 8), name, size=13, fill=svg.INK)]
        for value in ticks(min(self.values), max(self.values), 4):
            y = float(self.y(value))
            parts.append(svg.line([(LEFT, y), (self.width - RIGHT, y)], svg.LINE, 1))
            parts.append(svg.text((LEFT - 8, y + 4), f"{value:g}", anchor="end"))
        bottom = self.top + self.height
        for time_s in ticks(*self.times, max(4, round(self.width / 110))) if with_times else ():
            x = float(self.x(time_s))
            parts.append(svg.line([(x, bottom), (x, bottom + 5)], svg.QUIET, 1))
            parts.append(svg.text((x, bottom + 19), f"{time_s:g} s", anchor="middle"))
        return parts


def figure_size_wh(duration_s: float) -> tuple[float, float]:
    """Long clips get wide figures, up to four screens.

    Examples:
        >>> figure_size_wh(10), figure_size_wh(45), figure_size_wh(1200)
        ((1000.0, 560.0), (1800.0, 560.0), (4000.0, 560.0))
    """
    return float(np.clip(40 * duration_s, 1000, 4000)), 560.0


def ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers between two, about `count` of them.

    Examples:
        >>> ticks(0, 7.3, 4)
        [0.0, 2.0, 4.0, 6.0]
        >>> ticks(143.8, 156.9, 4)
        [145.0, 150.0, 155.0]
    """
    span = max(high - low, 1e-9)
    raw = span / max(count, 1)
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(float(power * factor) for factor in (1, 2, 5, 10) if power * factor >= raw * 0.9)
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [round(k * step, 6) for k in range(first, last + 1)]
