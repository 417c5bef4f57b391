"""The court from points that a person marked in a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from tennalytix.core.court import BASELINE_Y_M, KEYPOINTS
from tennalytix.core.court_fit import K1_SPREAD
from tennalytix.core.court_view import CourtStretch, CourtTrack, CourtView, Lens
from tennalytix.core.homography import fit_homography
from tennalytix.core.tables import FrameTable

Matrix = NDArray[np.float64]

MIN_MARKS = 4
# How far a person's mark may be expected from the truth, and how far it may lie from the court fitted to all marks,
# shares of the picture's diagonal (1 and 22 pixels at 1080p).
MARK_SPREAD = 0.0005
MAX_OFF = 0.01


@dataclass(frozen=True, slots=True)
class CourtMarks:
    """Court points that a person set in one frame.

    Attributes:
        frame_index: the frame, counted in the source video.
        points: names of `core.court.KEYPOINTS` to (x, y) in source pixels, at least four.
    """

    frame_index: int
    points: Mapping[str, tuple[float, float]]

    def __post_init__(self) -> None:
        unknown = sorted(set(self.points) - set(KEYPOINTS))
        if unknown:
            raise ValueError(f"points must be named as one of {', '.join(KEYPOINTS)}, got {unknown[0]!r}.")
        if len(self.points) < MIN_MARKS:
            raise ValueError(f"points must be at least {MIN_MARKS}, got {len(self.points)}. Mark more of the court.")


def correct_court(
    detected: CourtTrack, marks: Sequence[CourtMarks], frames: FrameTable, size_wh: tuple[int, int]
) -> CourtTrack:
    """The detected court, but that of a person's marks throughout the uncut stretches in which there are marks."""
    corrected = court_from_marks(marks, frames, size_wh).stretches
    kept = [s for s in detected.stretches if not any(_overlap(s, c) for c in corrected)]
    return CourtTrack(tuple(sorted([*kept, *corrected], key=lambda s: s.first_frame)))


def court_from_marks(marks: Sequence[CourtMarks], frames: FrameTable, size_wh: tuple[int, int]) -> CourtTrack:
    """One stretch for every uncut stretch of video with marks, followed by the camera's motion.

    Between frames with marks the court passes evenly from the one to the other.

    Args:
        marks: in any order, for different frames.
        frames: the clip's frames.
        size_wh: the picture's width and height.

    Raises:
        ValueError: marks of a frame outside the clip, outside the picture, or that fit no court.
    """
    segments: dict[int, list[CourtMarks]] = {}
    for mark in sorted(marks, key=lambda m: m.frame_index):
        segments.setdefault(_segment(mark, frames), []).append(mark)
    return CourtTrack(tuple(_stretch(segments[s], frames, s, size_wh) for s in sorted(segments)))


def fit_marks(mark: CourtMarks, size_wh: tuple[int, int], lens: Lens | None = None) -> tuple[CourtView, float]:
    """The view that best explains the marks of one frame, and their median distance from it in pixels.

    Four points fix a view without distortion; more of them say how much the lens bends.

    Args:
        mark: the points.
        size_wh: the picture's width and height.
        lens: taken as it is; fitted if None.

    Raises:
        ValueError: points outside the picture, or that fit no court seen from the near side.
    """
    xy, court_m = np.array(list(mark.points.values()), dtype=np.float64), _court_m(mark)
    _check_inside(mark, xy, size_wh)
    diagonal_px = float(np.hypot(*size_wh))
    known = lens if lens is not None else _fit_lens(xy, court_m, size_wh, MARK_SPREAD * diagonal_px, mark)
    view = _view(xy, court_m, known, mark)
    off_px = np.hypot(*(view.court_to_image(court_m) - xy).T)
    # Points behind the camera are NaN.
    if not (off_px <= MAX_OFF * diagonal_px).all():
        raise _misfit(mark, f"{np.nan_to_num(off_px, nan=np.inf).max():.1f} px off")
    _check_side(view, court_m, mark)
    return view, float(np.median(off_px))


def _stretch(marks: list[CourtMarks], frames: FrameTable, segment: int, size_wh: tuple[int, int]) -> CourtStretch:
    rows = frames.segment == segment
    index, motion = frames.frame_index[rows], frames.reference_from_image[rows]
    lens = fit_marks(max(marks, key=lambda m: len(m.points)), size_wh)[0].lens
    fits = [fit_marks(mark, size_wh, lens) for mark in marks]
    at = [mark.frame_index for mark in marks]
    to_reference = np.linalg.inv(motion[np.searchsorted(index, at)])
    court_from_reference = np.array([_unit(f[0].court_from_image @ m) for f, m in zip(fits, to_reference, strict=True)])
    static = len(marks) == 1 and bool((motion == motion[0]).all())
    blended = [np.interp(index, at, entry) for entry in court_from_reference.reshape(-1, 9).T]
    matrices = np.stack(blended, axis=1).reshape(-1, 3, 3) @ motion
    matrices = matrices[:1] if static else matrices
    residual_px = float(np.median([residual for _, residual in fits]))
    matrices = matrices / matrices[:, 2:, 2:]
    return CourtStretch(int(index[0]), int(index[-1]), matrices, lens, residual_px, 1.0, "corrected")


def _fit_lens(xy: Matrix, court_m: Matrix, size_wh: tuple[int, int], mark_px: float, mark: CourtMarks) -> Lens:
    """The lens under which the marks fit best, straight lines preferred."""

    def cost(k1: float) -> float:
        view = _view(xy, court_m, Lens.pinhole(size_wh, k1), mark)
        off = np.nan_to_num(view.court_to_image(court_m) - xy, nan=1e6) / mark_px
        return float((off**2).sum() + (k1 / K1_SPREAD) ** 2)

    found = minimize_scalar(cost, bounds=(-4 * K1_SPREAD, 4 * K1_SPREAD), method="bounded", options={"xatol": 1e-5})
    return Lens.pinhole(size_wh, float(found.x) if len(xy) > MIN_MARKS else 0.0)


def _view(xy: Matrix, court_m: Matrix, lens: Lens, mark: CourtMarks) -> CourtView:
    try:
        fit_homography(court_m, court_m)  # fails if all of the court's points but one lie on one of its lines
        court_from_image = np.linalg.inv(fit_homography(court_m, lens.undistort(xy)))
    except (ValueError, np.linalg.LinAlgError) as error:
        raise _misfit(mark, "points on one line") from error
    return CourtView(court_from_image / court_from_image[2, 2], lens)


def _check_inside(mark: CourtMarks, xy: Matrix, size_wh: tuple[int, int]) -> None:
    outside = ~((xy >= -0.5) & (xy <= np.array(size_wh) - 0.5)).all(axis=1)
    if outside.any():
        name = list(mark.points)[int(outside.argmax())]
        raise ValueError(
            f"points of frame {mark.frame_index} must lie in the picture of {size_wh[0]}x{size_wh[1]} pixels, got "
            f"{name} at {tuple(float(v) for v in mark.points[name])}."
        )


def _check_side(view: CourtView, court_m: Matrix, mark: CourtMarks) -> None:
    """The picture must not be a mirror image, and the near half be nearer to the camera."""
    image_from_court = np.linalg.inv(view.court_from_image)
    depth = image_from_court[2] / image_from_court[2, 2]
    if np.linalg.det(image_from_court) * image_from_court[2, 2] > 0 or (court_m @ depth[:2] + 1 <= 0).any():
        raise _misfit(mark, "a mirror image")
    if depth[1] * BASELINE_Y_M < 0:
        raise _misfit(mark, "the near side behind the far one")


def _court_m(mark: CourtMarks) -> Matrix:
    return np.array([KEYPOINTS[name] for name in mark.points], dtype=np.float64)


def _segment(mark: CourtMarks, frames: FrameTable) -> int:
    rows = np.flatnonzero(frames.frame_index == mark.frame_index)
    if not len(rows):
        span = f"{frames.frame_index[0]} to {frames.frame_index[-1]}" if len(frames) else "none"
        raise ValueError(f"frame_index must lie in the clip, frames {span}, got {mark.frame_index}.")
    return int(frames.segment[rows[0]])


def _misfit(mark: CourtMarks, got: str) -> ValueError:
    return ValueError(
        f"points of frame {mark.frame_index} must fit a court seen from its near side, got {got}. Check their names."
    )


def _unit(matrix: Matrix) -> Matrix:
    """Of one size and sign, so that two of them can be blended."""
    result: Matrix = matrix / np.linalg.norm(matrix) * np.sign(np.linalg.det(matrix))
    return result


def _overlap(one: CourtStretch, other: CourtStretch) -> bool:
    return one.first_frame <= other.last_frame and other.first_frame <= one.last_frame
