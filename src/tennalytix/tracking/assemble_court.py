"""The court as it is stored: one matrix for a camera that stands still, else one a frame."""

import numpy as np

from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M
from tennalytix.core.court_view import CourtTrack, CourtView, Lens
from tennalytix.core.homography import fit_homography
from tennalytix.core.tables import Floats, FrameTable
from tennalytix.schema.tracks import Court, LensTerm
from tennalytix.tracking.assemble_numbers import matrix, pixels, score

_ALONG, _ACROSS, _LEAST_POINTS = 25, 9, 8
_COURT_M = np.stack(
    np.meshgrid(
        np.linspace(-DOUBLES_WIDTH_M / 2, DOUBLES_WIDTH_M / 2, _ACROSS),
        np.linspace(-BASELINE_Y_M, BASELINE_Y_M, _ALONG),
    ),
    axis=-1,
).reshape(-1, 2)
"""Points all over the court, (n, 2)."""


def court_is_static(court: CourtTrack, frames: FrameTable) -> bool:
    """Whether one matrix holds for every frame of the clip."""
    main = court.main
    first, last = int(frames.frame_index[0]), int(frames.frame_index[-1])
    return main is not None and main.static and main.first_frame <= first and last <= main.last_frame


def court_model(court: CourtTrack, frames: FrameTable) -> Court | None:
    """The longest stretch, as its first frame in the clip sees it; None where no court was found."""
    main = court.main
    if main is None:
        return None
    view = court.view_at(max(main.first_frame, int(frames.frame_index[0])))
    if view is None:
        return None
    lens = LensTerm.model_validate(
        {
            "k1": float(f"{view.lens.k1:.10g}"),
            "centre": pixels(view.lens.centre_xy),
            "radius_px": pixels(view.lens.radius_px)[0],
        }
    )
    return Court.model_validate(
        {
            "static": court_is_static(court, frames),
            "court_from_image": matrix(view.court_from_image),
            "lens": lens,
            "keypoints": {name: pixels(xy) for name, xy in view.keypoints().items()},
            "residual_px": pixels(main.residual_px)[0],
            "confidence": score(main.confidence),
            "source": main.source,
        }
    )


def frame_matrices(court: CourtTrack, frames: FrameTable) -> dict[int, list[list[float]]]:
    """`court_from_image` of every frame whose court is known, all for the lens of the longest stretch."""
    main = court.main
    if main is None:
        return {}
    views = zip(frames.frame_index.tolist(), court.views_at(frames.frame_index), strict=True)
    return {index: matrix(_for_lens(view, main.lens)) for index, view in views if view is not None}


def _for_lens(view: CourtView, lens: Lens) -> Floats:
    """The matrix that explains the court in the picture through another lens, as well as one matrix can.

    Only points in the picture count: far outside a lens term says nothing, and behind the camera there are none.
    """
    if view.lens == lens:
        return view.court_from_image
    image_xy = view.court_to_image(_COURT_M)
    reach = np.array(view.lens.centre_xy) + 0.5
    inside = (np.abs(image_xy - view.lens.centre_xy) <= reach).all(axis=1)
    if inside.sum() < _LEAST_POINTS:
        return view.court_from_image
    return fit_homography(lens.undistort(image_xy[inside]), _COURT_M[inside])
