"""A pinhole camera over the court: projection of points in space, and its recovery from a court view."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tennalytix.core.court_view import CourtView, Lens

Point = tuple[float, float, float]

# A camera stands behind a baseline, as television's main one and telephones on the fence do, if it is no further from
# the line through the middle of the court than this, and no nearer to the net, metres.
BEHIND_ASIDE_M, BEHIND_LEAST_M = 14.0, 8.0


@dataclass(frozen=True, eq=False, slots=True)
class Camera:
    """A camera whose lens tells the shape of its pixels.

    Attributes:
        focal_px: focal length in heights of a pixel.
        camera_from_world: (3, 4): rotation and translation; world is the court's system with z up, in metres.
        lens: distortion; its centre is the principal point.
    """

    focal_px: float
    camera_from_world: NDArray[np.float64]
    lens: Lens

    @classmethod
    def look_at(cls, position: Point, target: Point, focal_px: float, lens: Lens, roll_rad: float = 0.0) -> "Camera":
        """A camera at `position` (metres) that looks at `target`, upright but for `roll_rad`."""
        eye = np.asarray(position, dtype=np.float64)
        forward = np.asarray(target, dtype=np.float64) - eye
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        cos, sin = np.cos(roll_rad), np.sin(roll_rad)
        rotation = np.stack([cos * right + sin * down, -sin * right + cos * down, forward])
        return cls(focal_px, np.column_stack([rotation, -rotation @ eye]), lens)

    @classmethod
    def from_court_view(cls, view: CourtView) -> "Camera | None":
        """The camera that explains a court view, None where the view fixes none (a court seen without perspective).

        Focal length from the orthogonality of the plane's axes (Zhang 2000), the principal point in the middle of the
        picture assumed.
        """
        cx, cy = view.lens.centre_xy
        aspect = view.lens.pixel_aspect
        square_from_image = np.array([[aspect, 0, -aspect * cx], [0, 1, -cy], [0, 0, 1.0]])
        image_from_court = square_from_image @ np.linalg.inv(view.court_from_image)
        a, b = image_from_court[:, 0], image_from_court[:, 1]
        # r1 . r2 = 0 and |r1| = |r2|: two equations for w = 1 / f^2, weighted by how well each fixes it.
        left = np.array([a[0] * b[0] + a[1] * b[1], (a[0] ** 2 + a[1] ** 2) - (b[0] ** 2 + b[1] ** 2)])
        right = np.array([-a[2] * b[2], b[2] ** 2 - a[2] ** 2])
        if left @ left == 0 or left @ right <= 0:
            return None
        focal_px = float(np.sqrt((left @ left) / (left @ right)))
        columns = np.diag([1 / focal_px, 1 / focal_px, 1.0]) @ image_from_court
        scale = 2 / (np.linalg.norm(columns[:, 0]) + np.linalg.norm(columns[:, 1]))
        columns = columns * (scale * (1 if columns[2, 2] > 0 else -1))
        rotation_rough = np.column_stack([columns[:, 0], columns[:, 1], np.cross(columns[:, 0], columns[:, 1])])
        u, _, vt = np.linalg.svd(rotation_rough)
        return cls(focal_px, np.column_stack([u @ vt, columns[:, 2]]), view.lens)

    @property
    def position_m(self) -> NDArray[np.float64]:
        """Where the camera stands, shape (3,), metres."""
        result: NDArray[np.float64] = -self.camera_from_world[:, :3].T @ self.camera_from_world[:, 3]
        return result

    def project(self, xyz_m: ArrayLike) -> NDArray[np.float64]:
        """Points in space to source pixels, (n, 3) to (n, 2); NaN behind the camera."""
        points = np.asarray(xyz_m, dtype=np.float64).reshape(-1, 3)
        seen = points @ self.camera_from_world[:, :3].T + self.camera_from_world[:, 3]
        depth = np.where(seen[:, 2:] > 1e-6, seen[:, 2:], np.nan)
        return self.lens.distort(self.focal_xy_px * (seen[:, :2] / depth) + self.lens.centre_xy)

    def rays(self, xy: ArrayLike) -> NDArray[np.float64]:
        """Where the rays of source pixels meet the plane one metre before the camera, (n, 2) to (n, 2)."""
        result: NDArray[np.float64] = (self.lens.undistort(xy) - self.lens.centre_xy) / self.focal_xy_px
        return result

    @property
    def focal_xy_px(self) -> NDArray[np.float64]:
        """Focal length in widths and in heights of a pixel."""
        return np.array([self.focal_px / self.lens.pixel_aspect, self.focal_px])

    @property
    def image_from_camera(self) -> NDArray[np.float64]:
        """(3, 3): undistorted pixels from places before the camera."""
        (fx, fy), (cx, cy) = self.focal_xy_px, self.lens.centre_xy
        return np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1.0]])

    def depth_m(self, xyz_m: ArrayLike) -> NDArray[np.float64]:
        """Distances along the optical axis, shape (n,), metres; negative behind the camera."""
        points = np.asarray(xyz_m, dtype=np.float64).reshape(-1, 3)
        result: NDArray[np.float64] = points @ self.camera_from_world[2, :3] + self.camera_from_world[2, 3]
        return result

    def court_view(self) -> CourtView:
        """The ground plane's view."""
        image_from_court = self.image_from_camera @ self.camera_from_world[:, [0, 1, 3]]
        court_from_image = np.linalg.inv(image_from_court)
        return CourtView(court_from_image / court_from_image[2, 2], self.lens)
