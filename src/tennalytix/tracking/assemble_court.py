"""The court as it is stored: one matrix for a camera that stands still, else one a frame."""

from tennalytix.core.court import keypoints_xy
from tennalytix.core.court_view import CourtTrack, CourtView, Lens
from tennalytix.core.homography import fit_homography
from tennalytix.core.tables import Floats, FrameTable
from tennalytix.schema.tracks import Court, LensTerm
from tennalytix.tracking.assemble_numbers import matrix, pixels, score


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
    """The matrix that explains the view's court points through another lens, as well as one matrix can."""
    if view.lens == lens:
        return view.court_from_image
    court_m = keypoints_xy()
    return fit_homography(lens.undistort(view.court_to_image(court_m)), court_m)
