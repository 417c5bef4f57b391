"""What a shot shows: the court as the camera that follows play sees it, slow motion of it, or anything else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from tennalytix.core.camera import BEHIND_ASIDE_M, BEHIND_LEAST_M, Camera
from tennalytix.core.court_view import CourtTrack, CourtView
from tennalytix.core.tables import FrameTable
from tennalytix.cutting.changes import difference
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.shots import Shot
from tennalytix.video.clip import Clip

View = Literal["court", "replay", "other", "unknown"]
FindCourt = Callable[[Clip], CourtTrack]

# A shot is looked at around these shares of its length, one after the other until a court is found: at the first
# alone where it is no longer than a second or two, at the first two where it is a little longer.
LOOKS_AT = (0.5, 0.15, 0.85, 0.3)
ONE_LOOK_S, TWO_LOOKS_S = 2.0, 4.0
# For so short a time each that the camera may be taken to stand still, at so many frames.
LOOK_S, LOOK_FRAMES = 0.5, 5
# Of the court's fourteen points so many are in the picture, and its far baseline takes at most this share of the width:
# a telephone behind the fence shows eight points and 0.4, broadcasts all and 0.3 to 0.5. An upright picture is taken
# for a strip of one of this shape.
LEAST_POINTS, WIDEST_FAR = 7, 0.55
BROADCAST_SHAPE = 16 / 9
# Thumbnails this near, in grey levels, are of the same view.
SAME_VIEW = 5.0
# Share of frames that repeat the one before in slow motion, and the largest in a video that runs at its own speed but
# was brought to another frame rate (24 to 30: a fifth).
SLOW_SHARE, CONVERTED_SHARE = 0.38, 0.25


@dataclass(frozen=True, slots=True)
class SeenShot:
    """A shot and what it shows.

    Attributes:
        shot: the stretch.
        view: court, from behind a baseline or in all of the video from aside; replay of such a view; other; unknown
            where it is too short to tell.
        confidence: that this is so, [0, 1].
        reason: one sentence.
        court: how the court lies in its reference picture, None without.
    """

    shot: Shot
    view: View
    confidence: float
    reason: str
    court: CourtView | None = field(default=None, repr=False)


def see_shots(shots: Sequence[Shot], clip: Clip, find_court: FindCourt, options: CuttingOptions) -> list[SeenShot]:
    """Tells of each shot what it shows.

    Args:
        shots: rows of the clip's table.
        clip: the whole video.
        find_court: answers for a part of the clip.
        options: how long and how clear a court must be.
    """
    seen: list[SeenShot] = []
    for shot in shots:
        length_s = float(clip.table.time_s[shot.clean_last] - clip.table.time_s[shot.clean_first])
        if length_s < options.min_clip_s and len(shots) > 1:
            seen.append(SeenShot(shot, "unknown", 0.5, f"Shorter than {options.min_clip_s:g} s."))
        else:
            seen.append(_like_known(shot, seen) or _look(shot, clip, find_court, options))
    return _with_replays(_from_one_place(seen), clip.table)


def _like_known(shot: Shot, seen: Sequence[SeenShot]) -> SeenShot | None:
    """Broadcasts come back to the same view again and again."""
    for other in reversed(seen):
        if other.court is not None and float(difference(shot.looks[None], other.shot.looks)[0]) < SAME_VIEW:
            first, last = other.shot.first, other.shot.last
            return replace(other, shot=shot, reason=f"The same view of the court as in frames {first} to {last}.")
    return None


def _look(shot: Shot, clip: Clip, find_court: FindCourt, options: CuttingOptions) -> SeenShot:
    best = 0.0
    length_s = float(clip.table.time_s[shot.clean_last] - clip.table.time_s[shot.clean_first])
    looks = 1 if length_s < ONE_LOOK_S else 2 if length_s < TWO_LOOKS_S else len(LOOKS_AT)
    for share in LOOKS_AT[:looks]:
        table = _around(clip.table, shot, share)
        stretches = find_court(replace(clip, table=table)).stretches
        index = table.frame_index
        covered = sum(float(((index >= s.first_frame) & (index <= s.last_frame)).mean()) for s in stretches)
        best = max(best, covered)
        if covered >= options.min_court_share:
            main = max(stretches, key=lambda s: s.last_frame - s.first_frame)
            view = CourtView(main.court_from_image[len(main.court_from_image) // 2], main.lens)
            if not _is_whole(view, clip.size_wh):
                return SeenShot(shot, "other", 0.8, "A part of a court only, as behind a player who fills the picture.")
            place = "from aside" if _is_aside(view) else "from behind a baseline"
            reason = f"A court {place} on {covered:.0%} of the frames looked at."
            return SeenShot(shot, "court", min(1.0, main.confidence * covered), reason, view)
    return SeenShot(shot, "other", 0.95 * (1 - best), f"A court on {best:.0%} of the frames looked at.")


def _is_whole(view: CourtView, size_wh: tuple[int, int]) -> bool:
    """Whether so much of the court is in the picture that play can be followed.

    A picture taller than wide, cut out of one for television, shows play as that one did.
    """
    width, height = size_wh
    wide = BROADCAST_SHAPE * height if height > width else width
    points = view.keypoints()
    inside = sum(abs(x - width / 2) <= wide / 2 and 0 <= y < height for x, y in points.values())
    far_px = abs(points["far_right_doubles"][0] - points["far_left_doubles"][0])
    return inside >= LEAST_POINTS and far_px <= WIDEST_FAR * wide


def _is_aside(view: CourtView) -> bool:
    camera = Camera.from_court_view(view)
    if camera is None:
        return False
    x, y = camera.position_m[:2]
    return bool(abs(x) > BEHIND_ASIDE_M or -y < BEHIND_LEAST_M)


def _from_one_place(seen: Sequence[SeenShot]) -> list[SeenShot]:
    """Where play is shown from behind, other cameras show something else: replays, and what lies between points."""
    aside = [s.court is not None and _is_aside(s.court) for s in seen]
    if all(aside[i] for i, s in enumerate(seen) if s.view == "court"):
        return list(seen)
    reason = "A court from aside, in a video that shows play from behind."
    return [
        replace(s, view="other", confidence=0.8, reason=reason) if s.view == "court" and off else s
        for s, off in zip(seen, aside, strict=True)
    ]


def _around(table: FrameTable, shot: Shot, share: float) -> FrameTable:
    """A few rows of a shot around a share of its length, as seen by a camera that stands still."""
    first_s, last_s = table.time_s[shot.clean_first], table.time_s[shot.clean_last]
    middle_s = first_s + share * (last_s - first_s)
    start_s = max(first_s, min(middle_s - LOOK_S / 2, last_s - LOOK_S))
    rows = np.flatnonzero((table.time_s >= start_s) & (table.time_s <= start_s + LOOK_S))
    rows = rows[(rows >= shot.clean_first) & (rows <= shot.clean_last)]
    if not len(rows):  # A gap, or very few pictures a second.
        own_s = table.time_s[shot.clean_first : shot.clean_last + 1]
        rows = np.array([shot.clean_first + np.abs(own_s - middle_s).argmin()])
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, min(LOOK_FRAMES, len(rows))).round().astype(int))]
    near = table.take(rows)
    still = np.tile(np.eye(3), (len(near), 1, 1))
    return replace(near, segment=np.zeros(len(near), dtype=np.int64), reference_from_image=still)


def _with_replays(seen: Sequence[SeenShot], table: FrameTable) -> list[SeenShot]:
    courts = [s for s in seen if s.view == "court"]
    slow = [_repeated_share(s.shot, table) for s in courts]
    usual = float(np.median(slow)) if slow else 0.0
    wiped = [s.shot.entered == s.shot.left == "wipe" for s in courts]
    marks: dict[int, str] = {}
    for s, share, between_wipes in zip(courts, slow, wiped, strict=True):
        if share > SLOW_SHARE and usual < CONVERTED_SHARE:
            marks[s.shot.first] = f"Slow motion: {share:.0%} of its frames repeat the one before."
        elif between_wipes and sum(wiped) < len(courts):
            marks[s.shot.first] = "Between two wipes, as replays are."
    return [
        replace(s, view="replay", reason=f"{s.reason} {marks[s.shot.first]}") if s.shot.first in marks else s
        for s in seen
    ]


def _repeated_share(shot: Shot, table: FrameTable) -> float:
    return float(table.repeated[shot.clean_first : shot.clean_last + 1].mean())
