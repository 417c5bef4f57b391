"""What a faulty box may show: a person without legs or head, one of two who were merged, half of one torn in two.

Every guess is one more box to choose from, worth less than a box that needs no guess: it wins only where it fits the
frames around it and the place better.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from tennalytix.core.tables import Floats, Ints
from tennalytix.tracking.people_ground import USUAL_HEIGHT, Ground
from tennalytix.tracking.people_options import PlayerOptions
from tennalytix.tracking.people_place import Placed, lies_flat, place

AS_SEEN = 0
"""Kind of the boxes that were detected; guesses have higher kinds."""

LEGS, HEAD = 1, 2
"""Kinds of the guesses that add what was not seen at all."""

_JOINED, _FIRST_PART, _LOWER_PARTS = 3, 4, 10
_SHORT = 0.7
_ADDED_HEIGHT = 0.82
_TALL, _WIDE, _PART_WIDTH = 1.15, 0.7, 0.5
_FEET_DOUBT = 0.85
"""What a box's lower part is worth on the near side: shadows fall below people there, and behind them is court."""

_WORTH_ADDED, _WORTH_PART, _WORTH_JOINED = 0.65, 0.6, 0.85


@dataclass(frozen=True, eq=False, slots=True)
class Guesses:
    """Detected boxes, then guesses.

    Attributes:
        placed: the boxes; `size` and `score` of a guess are lowered by what a guess is worth.
        source: (n,), the detected row a box was made from, its own for a detected one.
        kind: (n,), `AS_SEEN` or which guess it is.
    """

    placed: Placed
    source: Ints
    kind: Ints


def with_guesses(seen: Placed, ground: Ground, size_wh: tuple[int, int], options: PlayerOptions) -> Guesses:
    """All boxes to choose from."""
    tall = (seen.xyxy[:, 3] - seen.xyxy[:, 1]) / seen.height_px
    flat = lies_flat(seen.xyxy, seen.height_px, seen.score)
    short = np.flatnonzero((tall < _SHORT) & ~flat & (seen.xyxy[:, 3] <= (1 - 0.005) * size_wh[1]))
    made = [
        (LEGS, _WORTH_ADDED, short, _below_head(seen, short, ground, _ADDED_HEIGHT)),
        (HEAD, _WORTH_ADDED, short, _above_foot(seen, short, _ADDED_HEIGHT)),
        (_JOINED, _WORTH_JOINED, *_joined(seen, np.flatnonzero(tall < _SHORT))),
        *((kind, _WORTH_PART, rows, xyxy) for kind, rows, xyxy in _parts(seen, ground)),
    ]
    parts, sources, kinds = [seen], [np.arange(len(seen.size))], [np.full(len(seen.size), AS_SEEN)]
    for kind, worth, candidate_rows, candidate_xyxy in made:
        sure = worth * seen.score[candidate_rows] >= options.min_guess_score
        rows, xyxy = candidate_rows[sure], candidate_xyxy[sure]
        guess, kept = place(seen.position[rows], xyxy, worth * seen.score[rows], ground, size_wh, options)
        doubt = np.where(guess.foot_m[:, 1] < 0, _FEET_DOUBT, 1.0) if kind >= _LOWER_PARTS else 1.0
        parts.append(replace(guess, size=worth * doubt * guess.size))
        sources.append(rows[kept])
        kinds.append(np.full(len(kept), kind))
    columns = [np.concatenate([getattr(p, name) for p in parts]) for name in Placed.__slots__]
    return Guesses(Placed(*columns), np.concatenate(sources), np.concatenate(kinds))


def _below_head(seen: Placed, rows: Ints, ground: Ground, height: float) -> Floats:
    xyxy = seen.xyxy[rows].copy()
    head = np.column_stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 1]])
    xyxy[:, 3] = ground.stand_below(head, seen.position[rows], height)[:, 1]
    return xyxy


def _above_foot(seen: Placed, rows: Ints, height: float) -> Floats:
    xyxy = seen.xyxy[rows].copy()
    xyxy[:, 1] = xyxy[:, 3] - height * seen.height_px[rows]
    return xyxy


def _parts(seen: Placed, ground: Ground) -> list[tuple[int, Ints, Floats]]:
    """Kind, rows and boxes: halves and corners, of a person's size, of boxes that are too tall, too wide or both."""
    size = (seen.xyxy[:, 2:] - seen.xyxy[:, :2]) / seen.height_px[:, None]
    tall, wide = size[:, 1] > _TALL, size[:, 0] > _WIDE
    result = []
    for i, (vertical, side) in enumerate(product((None, "upper", "lower"), (None, "left", "right"))):
        if vertical is None and side is None:
            continue
        rows = np.flatnonzero((tall if vertical else ~tall) & (wide if side else ~wide))
        xyxy = seen.xyxy[rows]
        if vertical == "upper":
            xyxy = _below_head(seen, rows, ground, USUAL_HEIGHT)
        elif vertical == "lower":
            xyxy = _above_foot(seen, rows, USUAL_HEIGHT)
        result.append((_FIRST_PART + i, rows, _narrowed(xyxy, _PART_WIDTH * seen.height_px[rows], side)))
    return result


def _narrowed(xyxy: Floats, width: Floats, side: str | None) -> Floats:
    result = xyxy.copy()
    if side == "left":
        result[:, 2] = result[:, 0] + width
    elif side == "right":
        result[:, 0] = result[:, 2] - width
    return result


def _joined(seen: Placed, rows: Ints) -> tuple[Ints, Floats]:
    """Pairs of short boxes of one frame, one above the other and together about as tall as a person."""
    firsts: list[int] = []
    boxes: list[Floats] = []
    rows = rows[np.argsort(seen.position[rows], kind="stable")]
    for here in np.split(rows, np.flatnonzero(np.diff(seen.position[rows])) + 1):
        upper, lower = np.meshgrid(here, here, indexing="ij")
        a, b = seen.xyxy[upper], seen.xyxy[lower]
        over = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
        height = (b[..., 3] - a[..., 1]) / seen.height_px[lower]
        fits = (a[..., 1] < b[..., 1]) & (a[..., 3] < b[..., 3]) & (over > 0) & (height > _SHORT) & (height < 1.2)
        for i, j in zip(*np.nonzero(fits), strict=True):
            firsts.append(int(lower[i, j]))
            boxes.append(np.concatenate([np.minimum(a[i, j, :2], b[i, j, :2]), np.maximum(a[i, j, 2:], b[i, j, 2:])]))
    return np.array(firsts, dtype=np.int64), np.array(boxes, dtype=np.float64).reshape(-1, 4)
