"""Cuts within one view: the camera has not moved, and everybody is elsewhere from one picture to the next.

So videos look from which somebody has cut the pauses, by hand or with an app.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import CourtView
from tennalytix.cutting.activity import SmallPicture, changed_shares
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.rallies import field_m2
from tennalytix.cutting.shots import Shot
from tennalytix.cutting.views import SeenShot
from tennalytix.video.clip import Clip

# Fields for which change is counted.
FINE_WH = (32, 18)
# What moves so shortly before or after is no news; pictures further apart are not compared.
NEAR_S = 0.16
# So much of people, where they were and where they are, appears or goes at once, and most of what changes is that: two
# to three people who stand still before and after. Known jumps of two videos show 2.0 to 5.0 m2; what else happens in
# 27 real clips at most 2.0 (spectators who rise before the camera), in 30 rendered ones with shaking cameras 2.7.
LEAST_M2, LEAST_SHARE = 3.0, 0.5
# Share of the whole picture below which no jump is looked for.
LEAST_PICTURE = 0.005

Grid = NDArray[np.uint8]


@dataclass(slots=True)
class JumpFinder:
    """Fed with pictures one after the other, keeps of those that change suddenly what is new in them."""

    _rows: list[int] = field(default_factory=list)
    _news: list[Grid] = field(default_factory=list)
    _changes: list[Grid] = field(default_factory=list)
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
        asked = slice(bisect_left(self._rows, first), bisect_right(self._rows, last))
        rows = self._rows[asked]
        if not rows:
            return []
        area_m2 = field_m2(court, size_wh, FINE_WH)
        news_m2 = np.array(self._news[asked]).reshape(len(rows), -1) / 255.0 @ area_m2
        all_m2 = np.array(self._changes[asked]).reshape(len(rows), -1) / 255.0 @ area_m2
        jumps = (news_m2 >= LEAST_M2) & (news_m2 >= LEAST_SHARE * all_m2)
        return [row for row, jump in zip(rows, jumps.tolist(), strict=True) if jump]

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


def part_at_jumps(seen: Sequence[SeenShot], jumps: JumpFinder, clip: Clip, options: CuttingOptions) -> list[SeenShot]:
    """The same shots, those of the court parted where everybody is all at once elsewhere.

    Args:
        seen: all shots, in order.
        jumps: has been fed the whole video.
        clip: the whole video.
        options: how long a shot must be to be told what it shows.
    """
    parts = [part for shot in seen for part in _parts(shot, jumps, clip)]
    return parts if len(parts) == len(seen) else [_told(part, clip, options) for part in parts]


def _told(part: SeenShot, clip: Clip, options: CuttingOptions) -> SeenShot:
    time_s = clip.table.time_s
    if time_s[part.shot.clean_last] - time_s[part.shot.clean_first] >= options.min_clip_s:
        return part
    return SeenShot(part.shot, "unknown", 0.5, f"Shorter than {options.min_clip_s:g} s.")


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
