"""Small pictures of the shots that cutting left out, all of a video on one sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from tennalytix.schema.clips import EditList, ShotEntry
from tennalytix.schema.report import ShotSheet
from tennalytix.video.clip import Clip

TILE_WH = (192, 108)
COLUMNS = 10


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What the report shows.

    Attributes:
        shot_pictures: pictures of left-out shots a video, spread evenly where there are more; 0 for none.
    """

    shot_pictures: int = 60

    def __post_init__(self) -> None:
        if self.shot_pictures < 0:
            raise ValueError(f"shot_pictures must not be negative, got {self.shot_pictures}.")


def left_out(edit_list: EditList) -> list[ShotEntry]:
    """The shots of which no clip was made."""
    return [shot for shot in edit_list.shots if not shot.clip_ids]


def chosen(shots: Sequence[ShotEntry], count: int) -> list[ShotEntry]:
    """At most `count` of the shots, from the first to the last at even distances."""
    if count >= len(shots):
        return list(shots)
    return [shots[int(k)] for k in np.linspace(0, len(shots) - 1, count)] if count else []


def draw_shot_sheet(clip: Clip, shots: Sequence[ShotEntry], fingerprint: str) -> tuple[bytes, ShotSheet]:
    """The middle frame of each shot as tiles of a JPEG, row by row, and which tile is whose.

    Args:
        clip: the whole video.
        shots: in order of time, at least one; those whose frame does not decode stay dark.
        fingerprint: of what this was made from.

    Raises:
        VideoError: the video cannot be opened.
    """
    middles = [(shot.first_frame + shot.last_frame) // 2 for shot in shots]
    place_of = {middle: divmod(k, COLUMNS) for k, middle in enumerate(middles)}
    width, height = TILE_WH
    rows = -(-len(shots) // COLUMNS)
    sheet = np.full((rows * height, min(COLUMNS, len(shots)) * width, 3), 40, dtype=np.uint8)
    for frame in clip.frames_at(middles):
        top, left = place_of[frame.index][0] * height, place_of[frame.index][1] * width
        sheet[top : top + height, left : left + width] = _tile(frame.image)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])
    record = ShotSheet(
        fingerprint=fingerprint, tile_wh=TILE_WH, columns=COLUMNS, first_frames=[shot.first_frame for shot in shots]
    )
    return bytes(np.asarray(data, dtype=np.uint8).tobytes()), record


def _tile(image: np.ndarray) -> np.ndarray:
    """The whole picture in a tile, dark beside it where it is of another shape."""
    height, width = image.shape[:2]
    scale = min(TILE_WH[0] / width, TILE_WH[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    tile = np.full((TILE_WH[1], TILE_WH[0], 3), 40, dtype=np.uint8)
    left, top = (TILE_WH[0] - size[0]) // 2, (TILE_WH[1] - size[1]) // 2
    tile[top : top + size[1], left : left + size[0]] = small
    return tile
