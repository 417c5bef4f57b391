"""Where one shot gives way to another: at once, or through a dissolve, a fade or a wipe.

Between two shots the picture before and the picture after differ far more than pictures equally far apart within
either. That is looked for over several spans of time: the shortest that shows it tells how long the change took.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

# Spans, seconds: from one frame to a slow dissolve.
SPANS_S = (0.08, 0.12, 0.2, 0.32, 0.48, 0.72, 1.0, 1.4)
# Mean difference of two thumbnails, in grey levels, and share of their points that differ at all, below which they
# may show the same shot: a caption that comes up changes little of the picture.
LEAST_CHANGE, LEAST_SHARE = 6.0, 0.4
POINT_CHANGE = 10
# How many times as far apart the pictures are as those within either shot.
LEAST_RATIO = 2.2
CALM = 2.0
# The same where the motion of the camera breaks off as well.
LEAST_RATIO_AT_BREAK = 1.6
# Neighbours that tell how much a shot changes by itself within one frame, and how many of them may be out of line.
NEIGHBOURS, OUTLIERS = 8, 2
# Pictures whose brightness is so much alike but for gain and offset show one scene in another light.
LIKE = 0.93
# Spread of grey levels of a picture that shows nothing.
PLAIN_SPREAD = 5.0
# A fade leaves at most this share of the spread that the pictures around it have; a dark crowd has little of its own.
PLAIN_SHARE = 0.35
# So much the spread strays; a plain picture that stays longer than this is a shot.
SPREAD_NOISE, LONGEST_PLAIN_S = 0.3, 2.0
# Who is back this soon has not gone: a flash, a damaged picture.
BACK_S = 0.45
BACK_SHARE = 0.4
# Rows that a change takes at least before it counts as gradual, and how far the pictures on the way may lie from every
# mixture of both, as a share of their difference, to count as a dissolve.
GRADUAL_ROWS, MIXTURE_SHARE = 4, 0.3
# A picture this near to one of the shots, as a share of their difference, belongs to it.
CLEAN_SHARE = 0.15

Thumbnails = NDArray[np.uint8]
ChangeKind = Literal["cut", "dissolve", "wipe", "fade"]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Change:
    """The way from one shot to the next.

    Attributes:
        before: last row that shows the old shot alone.
        row: first row that shows more of the new shot than of the old one.
        after: first row that shows the new shot alone.
        kind: `cut` within a few frames; else `dissolve`, or `wipe` where the new picture comes from one side or behind
            something that crosses the picture; `fade` through a plain picture.
    """

    before: int
    row: int
    after: int
    kind: ChangeKind = "cut"


def difference(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> Floats:
    """How far apart thumbnails are, mean over the picture, grey levels; (n, ...) each, or one of them single."""
    apart = np.abs(a.astype(np.int16) - b.astype(np.int16))
    mean: Floats = apart.reshape(len(apart), -1).mean(axis=1)
    return mean


def find_changes(thumbnails: Thumbnails, step_s: float, breaks: Flags | None = None) -> list[Change]:
    """All changes of shot in a stretch of video.

    Args:
        thumbnails: (n, h, w, 3), see `video.thumbnail`.
        step_s: time from one to the next.
        breaks: (n,), where the motion of the camera could not be followed from the row before; None if not known.

    Returns:
        In order; none overlap.
    """
    found = _fades(thumbnails, step_s)
    breaks = np.zeros(len(thumbnails), dtype=bool) if breaks is None else breaks
    spans = sorted({1, *(max(1, round(span_s / step_s)) for span_s in SPANS_S)})
    for span in spans:
        for change in _changes_over(thumbnails, span, step_s, breaks):
            if all(change.after <= other.before or other.after <= change.before for other in found):
                found.append(change)
    return sorted(found, key=lambda change: change.row)


def _fades(thumbnails: Thumbnails, step_s: float) -> list[Change]:
    """Changes through a picture that shows nothing, however slowly they come and go."""
    spread = thumbnails[..., 0].std(axis=(1, 2)) if len(thumbnails) else np.zeros(0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], spread < PLAIN_SPREAD, [False]]).astype(np.int8)))
    fades: list[Change] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if start == 0 or end == len(spread) or (end - start) * step_s > LONGEST_PLAIN_S:
            continue
        before, after = _brightest(spread, start, -1), _brightest(spread, end - 1, 1)
        old, new = thumbnails[before], thumbnails[after]
        deep = spread[start:end].min() < PLAIN_SHARE * min(spread[before], spread[after])
        clear = deep and (not fades or before >= fades[-1].after)
        if clear and _correlation(old, new) < LIKE and float(difference(old[None], new)[0]) > LEAST_CHANGE:
            darkest = start + np.flatnonzero(spread[start:end] < spread[start:end].min() + SPREAD_NOISE)
            fades.append(Change(before, int(darkest[len(darkest) // 2]), after, "fade"))
    return fades


def _brightest(spread: Floats, row: int, step: int) -> int:
    """Where a picture stops coming out of the dark, going from a row forwards or backwards."""
    while 0 <= row + step < len(spread) and spread[row + step] > spread[row] + SPREAD_NOISE:
        row += step
    return int(row)


def _changes_over(thumbnails: Thumbnails, span: int, step_s: float, breaks: Flags) -> list[Change]:
    """Changes that are over within so many rows, the clearest first where several overlap."""
    if len(thumbnails) <= span:
        return []
    apart, share = _apart(thumbnails, span)
    ratio = apart / (_own_motion(apart, span) + CALM)
    broken = np.lib.stride_tricks.sliding_window_view(breaks[1:], span).any(axis=1)
    ratio[broken] *= LEAST_RATIO / LEAST_RATIO_AT_BREAK
    ratio[(apart < LEAST_CHANGE) | (share < LEAST_SHARE)] = 0.0
    changes: list[Change] = []
    for start in _peaks(ratio, span):
        end = start + span
        relit = _correlation(thumbnails[start], thumbnails[end]) > LIKE
        if not relit and not _comes_back(thumbnails, start, end, max(1, round(BACK_S / step_s))):
            changes.append(_placed(thumbnails, start, end))
    return changes


def _apart(thumbnails: Thumbnails, span: int, block: int = 512) -> tuple[Floats, Floats]:
    """Difference of each row and the one `span` later, and the share of points that differ."""
    mean, share = [], []
    for i in range(0, len(thumbnails) - span, block):
        end = min(i + block, len(thumbnails) - span)
        gap = np.abs(thumbnails[i:end].astype(np.int16) - thumbnails[i + span : end + span])
        mean.append(gap.mean(axis=(1, 2, 3)))
        share.append((gap.max(axis=3) > POINT_CHANGE).mean(axis=(1, 2)))
    return np.concatenate(mean), np.concatenate(share)


def _own_motion(apart: Floats, span: int) -> Floats:
    """How much pictures change over the same span within the shots before and after; infinite where neither is known.

    At the ends of the video one of them is not: then the other one speaks for both.
    """
    count = NEIGHBOURS if span <= NEIGHBOURS // 2 else 1
    padded = np.pad(apart, span + count - 1, constant_values=-1.0)
    windows = np.lib.stride_tricks.sliding_window_view(padded, count)
    rank = max(0, count - 1 - OUTLIERS)
    typical = np.partition(windows, rank, axis=1)[:, rank]
    typical = np.where((windows >= 0).sum(axis=1) * 2 > count, typical, -1.0)
    own = np.maximum(typical[: len(apart)], typical[2 * span + count - 1 :][: len(apart)])
    return np.where(own < 0, np.inf, own)


def _peaks(ratio: Floats, span: int) -> list[int]:
    """Rows whose ratio is high enough and the highest within a span; the middle of a run of equals."""
    order = np.argsort(-ratio, kind="stable")
    taken = np.zeros(len(ratio), dtype=bool)
    peaks: list[int] = []
    for row in order:
        if ratio[row] < LEAST_RATIO:
            break
        if not taken[row]:
            peaks.append(int(row))
            taken[max(0, row - span) : row + span + 1] = True
    return peaks


def _comes_back(thumbnails: Thumbnails, start: int, end: int, reach: int) -> bool:
    """Whether what was before is there again soon after, or what is after was there shortly before."""
    old, new = thumbnails[start], thumbnails[end]
    limit = BACK_SHARE * float(difference(old[None], new)[0])
    later, earlier = thumbnails[end + 1 : end + 1 + reach], thumbnails[max(0, start - reach) : start]
    return any(
        len(rows) and float(difference(rows, seen).min()) < limit for rows, seen in ((later, old), (earlier, new))
    )


def _correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Of the brightness of two thumbnails, 0 where one of them is plain."""
    x, y = a[..., 0].ravel().astype(np.float64), b[..., 0].ravel().astype(np.float64)
    spread = float(x.std()), float(y.std())
    if min(spread) < PLAIN_SPREAD:
        return 0.0
    return float(((x - x.mean()) * (y - y.mean())).mean()) / (spread[0] * spread[1])


def _placed(thumbnails: Thumbnails, start: int, end: int) -> Change:
    """A change with its ends drawn in to where it begins and is over."""
    if end - start > 2:
        wider = 2 + (end - start) // 4
        start, end = max(0, start - wider), min(len(thumbnails) - 1, end + wider)
    rows = thumbnails[start : end + 1]
    to_old, to_new = difference(rows, rows[0]), difference(rows, rows[-1])
    whole = float(to_old[-1])
    clean_old, clean_new = to_old < CLEAN_SHARE * whole, to_new < CLEAN_SHARE * whole
    before = int(np.argmin(clean_old)) - 1
    after = len(rows) - int(np.argmin(clean_new[::-1]))
    nearer_new = np.flatnonzero(to_new[before + 1 : after + 1] <= to_old[before + 1 : after + 1])
    row = before + 1 + (int(nearer_new[0]) if len(nearer_new) else 0)
    spread = rows[before : after + 1, ..., 0].std(axis=(1, 2))
    if spread.min() < min(PLAIN_SPREAD, PLAIN_SHARE * min(spread[0], spread[-1])):
        return Change(start + before, start + before + int(np.argmin(spread)), start + after, "fade")
    return Change(start + before, start + row, start + after, _kind(rows[before : after + 1]))


def _kind(rows: Thumbnails) -> ChangeKind:
    """Of a change from the first to the last of these."""
    if len(rows) - 1 < GRADUAL_ROWS:
        return "cut"
    old, way = rows[0].astype(np.float64).ravel(), (rows[-1].astype(np.float64) - rows[0]).ravel()
    between = rows[1:-1].astype(np.float64).reshape(len(rows) - 2, -1) - old
    share = np.clip(between @ way / (way @ way), 0, 1)
    off = np.abs(between - share[:, None] * way).mean(axis=1) / np.abs(way).mean()
    return "wipe" if float(off.max()) > MIXTURE_SHARE else "dissolve"
