"""The court from its painted lines, without learned weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from tennalytix.core.court_view import CourtStretch, CourtTrack, CourtView
from tennalytix.core.tables import FrameTable
from tennalytix.detectors.court_follow import follow_court, hold_court
from tennalytix.detectors.court_hypotheses import ASIDE, BEHIND, Stance, plausible_view
from tennalytix.detectors.court_pictures import Picture, laid_over, median_picture, spread_frames
from tennalytix.detectors.court_proof import prove_view
from tennalytix.detectors.court_refine import RefinedView, refine_view
from tennalytix.detectors.court_search import CourtGuess, search_court, sketch
from tennalytix.video.clip import Clip

# Where in a segment a moving camera's court is looked for, one after the other, shares of its length.
ANCHORS = (0.5, 0.25, 0.75, 0.04, 0.96)
# Frames behind a clean picture: through a whole segment where the camera stands still, else around an anchor.
STATIC_FRAMES, MOVING_FRAMES = 9, 5
# A view known from an earlier segment is taken over if the picture bears it out so far.
KNOWN_SHARE = 0.7
# Lenses of action and security cameras bend lines so far that the court is not recognised among them: it is looked for
# once more in a picture that is unbent by about as much; see `Lens`. What is found so must be seen more clearly.
WIDE_K1, WIDE_SHARE = 0.3, 0.65
# So must a court that is seen from aside.
ASIDE_SHARE = 0.75
# What is left of a segment before or after a stretch is looked at again if it lasts so long.
MIN_REST_S = 1.0


@dataclass(frozen=True, slots=True)
class CourtLineDetector:
    """Finds the court by its lines: bright ridges, guesses from pairs of lines, a least-squares fit to line profiles.

    Follows `detectors.base.CourtDetector`. Made for cameras behind a baseline, high or low; a court that is not seen so
    is looked for as from a seat beside it.

    Attributes:
        min_confidence: share of the court's visible lines that the picture must bear out, [0, 1].
        min_duration_s: shorter segments are passed over where the clip has others, seconds.
        anchor_s: span around an anchor from which a moving camera's clean picture is made, seconds.
    """

    min_confidence: float = 0.6
    min_duration_s: float = 0.25
    anchor_s: float = 0.6

    def __post_init__(self) -> None:
        if not 0 < self.min_confidence <= 1:
            raise ValueError(f"min_confidence must lie in (0, 1], got {self.min_confidence}. Use 0.6 for most videos.")
        for name in ("min_duration_s", "anchor_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}.")

    def detect(self, clip: Clip) -> CourtTrack:
        """The court through a clip: one stretch or more for every segment that shows it."""
        stretches: list[CourtStretch] = []
        for segment in np.unique(clip.table.segment):
            rows = np.flatnonzero(clip.table.segment == segment)
            table = clip.table.between(int(clip.table.frame_index[rows[0]]), int(clip.table.frame_index[rows[-1]]))
            if len(table) == len(clip.table) or _duration_s(table) >= self.min_duration_s:
                stretches += self._stretches(clip, table, [_first_view(s) for s in stretches])
        return CourtTrack(tuple(stretches))

    def _stretches(self, clip: Clip, table: FrameTable, known: Sequence[CourtView]) -> list[CourtStretch]:
        """The stretches of a segment, which has several where a dissolve was not taken for a cut."""
        main = self._main_stretch(clip, table, known)
        if main is None:
            return []
        parts = [[], [main], []]
        for part, first, last in (
            (0, table.frame_index[0], main.first_frame - 1),
            (2, main.last_frame + 1, table.frame_index[-1]),
        ):
            rest = table.between(int(first), int(last))
            if len(rest) and _duration_s(rest) >= MIN_REST_S:
                parts[part] = self._stretches(clip, rest, [*known, _first_view(main)])
        return parts[0] + parts[1] + parts[2]

    def _main_stretch(self, clip: Clip, table: FrameTable, known: Sequence[CourtView]) -> CourtStretch | None:
        static = bool((table.reference_from_image == table.reference_from_image[0]).all())
        anchors = self._anchors(table) if not static or _duration_s(table) > MIN_REST_S else []
        spread = _static_frames(table) if static else []
        for frames in [spread, *anchors] if static else anchors:
            reference = frames[len(frames) // 2]
            pictures = laid_over(clip, frames, reference)
            picture = median_picture(pictures.values())
            found = None if picture is None else self._find(picture, known)
            if found is not None and static:
                return hold_court(clip, table, found, pictures if frames is spread else None)
            if found is not None:
                return follow_court(clip, table, reference, found)
        return None

    def _anchors(self, table: FrameTable) -> list[list[int]]:
        """Frames around each anchor that show something new."""
        anchors = []
        for share in ANCHORS:
            middle_s = table.time_s[0] + share * _duration_s(table)
            near = table.frame_index[(np.abs(table.time_s - middle_s) <= self.anchor_s / 2) & ~table.repeated]
            if len(near):
                anchors.append([int(near[i]) for i in spread_frames(0, len(near) - 1, MOVING_FRAMES)])
        return anchors

    def _find(self, picture: Picture, known: Sequence[CourtView]) -> RefinedView | None:
        for view in reversed(known):
            again = refine_view(picture, view, fit_lens=False)
            if self._is_good(again, picture, ASIDE) and again.share >= KNOWN_SHARE:
                return again
        lines = sketch(picture)
        guesses = search_court(lines, BEHIND)
        found = self._best(guesses, picture, BEHIND)
        if found is None and guesses:  # Close-ups give none.
            found = self._best(search_court(sketch(picture, WIDE_K1), BEHIND), picture, BEHIND, WIDE_SHARE)
        return found or self._best(search_court(lines, ASIDE), picture, ASIDE, ASIDE_SHARE)

    def _best(
        self, guesses: Sequence[CourtGuess], picture: Picture, stance: Stance, least_share: float = 0.0
    ) -> RefinedView | None:
        refined = [refine_view(picture, guess.view) for guess in guesses]
        good = [r for r in refined if self._is_good(r, picture, stance) and r.share >= least_share]
        return max(good, key=lambda r: r.weight, default=None)

    def _is_good(self, refined: RefinedView | None, picture: Picture, stance: Stance) -> TypeGuard[RefinedView]:
        if refined is None or refined.share < self.min_confidence or not refined.fixes_court:
            return False
        if not plausible_view(refined.view, (picture.shape[1], picture.shape[0]), stance):
            return False
        return prove_view(picture, refined.view).bears_out(refined.share)


def _static_frames(table: FrameTable) -> list[int]:
    fresh = table.frame_index[~table.repeated]
    if not len(fresh):  # All of it repeats a frame before.
        fresh = table.frame_index[:1]
    return [int(fresh[i]) for i in spread_frames(0, len(fresh) - 1, STATIC_FRAMES)]


def _first_view(stretch: CourtStretch) -> CourtView:
    return CourtView(stretch.court_from_image[0], stretch.lens)


def _duration_s(table: FrameTable) -> float:
    return float(table.time_s[-1] - table.time_s[0])
