"""How a camera sees the court: a homography behind a lens with one radial term, frame by frame."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tennalytix.core.court import KEYPOINT_NAMES, keypoints_xy
from tennalytix.core.homography import apply_homography, as_points

IDENTITY = np.eye(3)
IDENTITY.setflags(write=False)


@dataclass(frozen=True, slots=True)
class Lens:
    """Radial distortion with one term: undistorted = centre + (x - centre) * (1 + k1 * (|x - centre| / radius_px)^2).

    `radius_px` is half the image diagonal, so `k1` is the relative shift in the corner of the picture, whatever its
    size. k1 = 0 is a perfect pinhole; real broadcast lenses stay within about +-0.05, wide ones of action and security
    cameras reach 0.5. `pixel_aspect` is the width of a pixel to its height, which tells the camera behind a court view.
    """

    k1: float
    centre_xy: tuple[float, float]
    radius_px: float
    pixel_aspect: float = 1.0

    @classmethod
    def pinhole(cls, size_wh: tuple[int, int], k1: float = 0.0) -> "Lens":
        """The lens of a picture of `size_wh` pixels, centred, without distortion unless `k1` is given."""
        width, height = size_wh
        return cls(k1, ((width - 1) / 2, (height - 1) / 2), float(np.hypot(width, height) / 2))

    def undistort(self, xy: ArrayLike) -> NDArray[np.float64]:
        """Pixels as a perfect pinhole would have seen them, (n, 2) to (n, 2)."""
        offset = as_points(xy) - self.centre_xy
        ratio = (offset**2).sum(axis=1, keepdims=True) / self.radius_px**2
        result: NDArray[np.float64] = self.centre_xy + offset * (1 + self.k1 * ratio)
        return result

    def distort(self, xy: ArrayLike) -> NDArray[np.float64]:
        """The inverse of `undistort`, by Newton's method on the radius; exact to 1e-9 px inside the picture.

        A barrel lens (k1 < 0) folds far outside the picture: what lies beyond keeps its direction and stays out there.
        """
        offset = as_points(xy) - self.centre_xy
        target = np.hypot(offset[:, 0], offset[:, 1]) / self.radius_px
        fold = np.sqrt(-1 / (3 * self.k1)) if self.k1 < 0 else np.inf
        # Newton's method started below the fold converges from one side.
        radius = np.minimum(target, 0.99 * fold)
        for _ in range(12):
            slope = np.maximum(1 + 3 * self.k1 * radius**2, 0.02)
            before = radius
            with np.errstate(invalid="ignore"):
                radius = np.clip(radius - (radius + self.k1 * radius**3 - target) / slope, 0.0, fold)
            if not (np.abs(radius - before) > 1e-12).any():
                break
        radius = np.where(target > 2 / 3 * fold, 1.5 * target, radius)
        scale = np.divide(radius, target, out=np.ones_like(target), where=(target > 1e-12) & np.isfinite(target))
        result: NDArray[np.float64] = self.centre_xy + offset * scale[:, None]
        return result


@dataclass(frozen=True, eq=False, slots=True)
class CourtView:
    """One frame's mapping between pixels and court metres.

    `court_from_image` acts on *undistorted* pixels: metres = H(lens.undistort(pixels)).
    """

    court_from_image: NDArray[np.float64]
    lens: Lens

    def image_to_court(self, xy: ArrayLike) -> NDArray[np.float64]:
        """Pixels of points on the ground to metres, (n, 2) to (n, 2)."""
        return apply_homography(self.court_from_image, self.lens.undistort(xy))

    def court_to_image(self, court_xy_m: ArrayLike) -> NDArray[np.float64]:
        """Metres on the ground to pixels, (n, 2) to (n, 2); NaN for points behind the camera or on its horizon."""
        image_from_court = np.linalg.inv(self.court_from_image)
        points = as_points(court_xy_m)
        depth = points @ image_from_court[2, :2] + image_from_court[2, 2]
        # The middle of the net is in front of any camera that sees a court: its depth fixes the sign.
        behind = depth * image_from_court[2, 2] <= 0
        pixels = self.lens.distort(apply_homography(image_from_court, points))
        pixels[behind] = np.nan
        return pixels

    def keypoints(self) -> dict[str, tuple[float, float]]:
        """The 14 court points in pixels, by name: those outside the picture too, but none behind the camera."""
        pixels = self.court_to_image(keypoints_xy())
        return {n: (float(x), float(y)) for n, (x, y) in zip(KEYPOINT_NAMES, pixels, strict=True) if np.isfinite(x + y)}

    def moved_by(self, reference_from_image: ArrayLike) -> "CourtView":
        """The view of another frame, whose pixels `reference_from_image` takes to the pixels of this one.

        Valid while the lens term is small: distortion is taken as moving along with the camera.
        """
        return CourtView(self.court_from_image @ np.asarray(reference_from_image, dtype=np.float64), self.lens)


@dataclass(frozen=True, slots=True)
class CourtStretch:
    """Consecutive frames over which one court was followed.

    Attributes:
        first_frame, last_frame: indices in the source video, both included.
        court_from_image: shape (1, 3, 3) for a camera that stands still, else (frames, 3, 3).
        lens: the same for the whole stretch.
        residual_px: median distance of the painted lines from the model, in source pixels.
        confidence: [0, 1]: share of the model's visible line length that is supported by the picture.
        source: whether a detector found it or a person set it.
    """

    first_frame: int
    last_frame: int
    court_from_image: NDArray[np.float64] = field(repr=False)
    lens: Lens
    residual_px: float
    confidence: float
    source: Literal["detected", "corrected"] = "detected"

    def __post_init__(self) -> None:
        frames = self.last_frame - self.first_frame + 1
        if frames < 1:
            raise ValueError(
                f"last_frame must not lie before first_frame, got {self.first_frame} to {self.last_frame}."
            )
        if self.court_from_image.shape not in ((1, 3, 3), (frames, 3, 3)):
            raise ValueError(
                f"court_from_image must have shape (1, 3, 3) or ({frames}, 3, 3), got {self.court_from_image.shape}."
            )

    @property
    def static(self) -> bool:
        """Whether the camera stood still."""
        return len(self.court_from_image) == 1


@dataclass(frozen=True, slots=True)
class CourtTrack:
    """The court over a clip: stretches in order of time, not overlapping; no stretches where no court was found."""

    stretches: tuple[CourtStretch, ...] = ()

    def view_at(self, frame_index: int) -> CourtView | None:
        """The view of one frame, None where no court was found."""
        for stretch in self.stretches:
            if stretch.first_frame <= frame_index <= stretch.last_frame:
                offset = 0 if stretch.static else frame_index - stretch.first_frame
                return CourtView(stretch.court_from_image[offset], stretch.lens)
        return None

    def views_at(self, frame_indices: ArrayLike) -> list[CourtView | None]:
        """`view_at` for many frames."""
        return [self.view_at(int(i)) for i in np.asarray(frame_indices)]

    def with_pixels(self, aspect: float) -> "CourtTrack":
        """The same court, seen in pixels of that width to their height."""
        return CourtTrack(tuple(replace(s, lens=replace(s.lens, pixel_aspect=aspect)) for s in self.stretches))

    @property
    def main(self) -> CourtStretch | None:
        """The longest stretch, None where no court was found."""
        return max(self.stretches, key=lambda s: s.last_frame - s.first_frame, default=None)
