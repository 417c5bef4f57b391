"""Cuts within one view: the camera has not moved, and everybody is elsewhere from one picture to the next.

So videos look from which somebody has cut the pauses, by hand or with an app.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects, label

from tennalytix.core.court_view import CourtView
from tennalytix.cutting.activity import SmallPicture, changed_shares
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.packed import PackedGrids
from tennalytix.cutting.rallies import field_m2
from tennalytix.cutting.shots import Shot
from tennalytix.cutting.views import SeenShot
from tennalytix.video.clip import Clip

# Fields for which change is counted.
FINE_WH = (32, 18)
# What moves so shortly before or after is no news; pictures further apart are not compared.
NEAR_S = 0.16
# So much of people, where they were and where they are, appears or goes at once, and half of what changes or more is
# new. Known jumps of two videos show 1.6 to 4.7 m2; what else happens in 27 real clips and 30 rendered ones, some with
# shaking cameras, 1.1 at most.
LEAST_M2, LEAST_SHARE = 2.0, 0.5
# People are in places apart from one another, each no wider than this many times its height and no larger than two who
# overlap: captions, and clouds before the sun, are neither.
LEAST_PLACES, LEAST_PLACE_M2, MOST_PLACE_M2, WIDEST = 2, 0.05, 6.0, 2.0
LEAST_CHANGE = 0.1
# So much of a shot must be left in parts of some length; one with more jumps than that is no cut recording.
LEAST_LEFT = 0.5
# Share of the whole picture below which no jump is looked for.
LEAST_PICTURE = 0.005

Grid = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(slots=True)
class JumpFinder:
    """Fed with pictures one after the other, keeps of those that change suddenly what is new in them."""

    _rows: list[int] = field(default_factory=list)
    _news: PackedGrids = field(default_factory=lambda: PackedGrids(FINE_WH[::-1]))
    _changes: PackedGrids = field(default_factory=lambda: PackedGrids(FINE_WH[::-1]))
    _near: deque[tuple[float, Grid]] = field(default_factory=deque)
    _last: SmallPicture | None = None
    _fed: int = 0
    _judged: int = 0

    def feed(self, now: SmallPicture) -> None:
        """Takes the next picture."""
        last, self._last = self._last, now
        changed: Grid = np.zeros(FINE_WH[::-1], np.uint8)
        if last is not None and last.segment == now.segment and now.time_s - last.time_s <= NEAR_S:
            changed = changed_shares(last, now, FINE_WH)
        self._near.append((now.time_s, changed))
        self._fed += 1
        while self._judged < self._fed and self._waiting()[0] < now.time_s - NEAR_S:
            self._judge()

    def rows(self, court: CourtView, size_wh: tuple[int, int], first: int, last: int) -> list[int]:
        """First rows after a jump among these; asked when everything has been fed.

        Args:
            court: how it lies there.
            size_wh: of the video's frames.
            first: the first of these rows.
            last: the last.
        """
        while self._judged < self._fed:
            self._judge()
        asked = bisect_left(self._rows, first), bisect_right(self._rows, last)
        rows = self._rows[slice(*asked)]
        if not rows:
            return []
        area_m2 = field_m2(court, size_wh, FINE_WH)
        area_m2 = area_m2.reshape(FINE_WH[::-1])
        told = zip(rows, self._news.between(*asked), self._changes.between(*asked), strict=True)
        return [row for row, news, changes in told if _is_jump(news / 255.0, changes / 255.0, area_m2)]

    def _waiting(self) -> tuple[float, Grid]:
        return self._near[self._judged - (self._fed - len(self._near))]

    def _judge(self) -> None:
        time_s, changed = self._waiting()
        while self._near[0][0] < time_s - NEAR_S:
            self._near.popleft()
        near = [grid for t, grid in self._near if abs(t - time_s) <= NEAR_S and grid is not changed]
        if near and changed.any():
            known = np.max(near, axis=0)
            news = np.where(changed > known, changed - known, 0).astype(np.uint8)
            if news.mean() >= 255 * LEAST_PICTURE:
                self._rows.append(self._judged)
                self._news.append(news)
                self._changes.append(changed)
        self._judged += 1


def _is_jump(news: Floats, changes: Floats, area_m2: Floats) -> bool:
    if (news * area_m2).sum() < max(LEAST_M2, LEAST_SHARE * float((changes * area_m2).sum())):
        return False
    labels, _ = label(news > LEAST_CHANGE, structure=np.ones((3, 3)))
    places = []
    for number, (down, across) in enumerate(find_objects(labels), 1):
        place_m2 = float((news * area_m2)[labels == number].sum())
        wide, high = across.stop - across.start, down.stop - down.start
        if LEAST_PLACE_M2 <= place_m2 <= MOST_PLACE_M2 and wide <= WIDEST * high:
            places.append(place_m2)
    return len(places) >= LEAST_PLACES and sum(places) >= LEAST_M2


def part_at_jumps(seen: Sequence[SeenShot], jumps: JumpFinder, clip: Clip, options: CuttingOptions) -> list[SeenShot]:
    """The same shots, those of the court parted where everybody is all at once elsewhere.

    A shot of which less than half would be left, in parts that are long enough, stays as it is.

    Args:
        seen: all shots, in order.
        jumps: has been fed the whole video.
        clip: the whole video.
        options: how long a shot must be to be told what it shows.
    """
    return [part for shot in seen for part in _told(shot, _parts(shot, jumps, clip), clip, options)]


def _told(seen: SeenShot, parts: list[SeenShot], clip: Clip, options: CuttingOptions) -> list[SeenShot]:
    time_s = clip.table.time_s
    lengths_s = [time_s[p.shot.clean_last] - time_s[p.shot.clean_first] for p in parts]
    long = [length_s >= options.min_clip_s for length_s in lengths_s]
    left_s = sum(length_s for length_s, enough in zip(lengths_s, long, strict=True) if enough)
    if len(parts) == 1 or left_s < LEAST_LEFT * (time_s[seen.shot.clean_last] - time_s[seen.shot.clean_first]):
        return [seen]
    short = f"Shorter than {options.min_clip_s:g} s."
    return [p if enough else SeenShot(p.shot, "unknown", 0.5, short) for p, enough in zip(parts, long, strict=True)]


def _parts(seen: SeenShot, jumps: JumpFinder, clip: Clip) -> list[SeenShot]:
    if seen.view != "court" or seen.court is None:
        return [seen]
    shot, time_s = seen.shot, clip.table.time_s
    # A cut changes a frame or two more.
    first_s, last_s = time_s[shot.clean_first] + NEAR_S, time_s[shot.clean_last] - NEAR_S
    rows = jumps.rows(seen.court, clip.size_wh, shot.clean_first, shot.clean_last)
    rows = [row for row in rows if first_s < time_s[row] <= last_s]
    firsts, lasts = [shot.first, *rows], [*(row - 1 for row in rows), shot.last]
    parts = []
    for first, last in zip(firsts, lasts, strict=True):
        part = Shot(
            first, last, max(first, shot.clean_first), min(last, shot.clean_last),
            shot.entered if first == shot.first else "cut", shot.left if last == shot.last else "cut", shot.looks,
        )  # fmt: skip
        begins = " Begins with a cut within the same view." if first != shot.first else ""
        parts.append(replace(seen, shot=part, reason=seen.reason + begins))
    return parts
