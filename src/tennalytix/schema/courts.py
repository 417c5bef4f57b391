"""The court of a clip as stored between the stages: `courts/<clip_id>.json`."""

from typing import Literal

import numpy as np
from pydantic import Field

from tennalytix.core.court_view import CourtStretch, CourtTrack, Lens
from tennalytix.schema.model import Matrix3, Model, Score
from tennalytix.schema.tracks import LensTerm, ModelProvenance


class Stretch(Model):
    """Frames over which one court was followed; one matrix for a camera that stands still, else one a frame."""

    first_frame: int = Field(ge=0)
    last_frame: int = Field(ge=0)
    court_from_image: list[Matrix3] = Field(min_length=1)
    lens: LensTerm
    residual_px: float = Field(ge=0)
    confidence: Score
    source: Literal["detected", "corrected"] = "detected"


class CourtFile(Model):
    """The whole file. No stretch: no court was found."""

    schema_version: str = "1.0"
    fingerprint: str
    clip_id: str
    model: ModelProvenance
    stretches: list[Stretch]

    @classmethod
    def from_track(cls, clip_id: str, track: CourtTrack, fingerprint: str, model: ModelProvenance) -> "CourtFile":
        """The stored form of what a court detector found."""
        return cls(
            fingerprint=fingerprint,
            clip_id=clip_id,
            model=model,
            stretches=[_store(stretch) for stretch in track.stretches],
        )

    def to_track(self) -> CourtTrack:
        """The court as the library uses it."""
        return CourtTrack(tuple(_restore(stretch) for stretch in self.stretches))


def _store(stretch: CourtStretch) -> Stretch:
    return Stretch(
        first_frame=stretch.first_frame,
        last_frame=stretch.last_frame,
        court_from_image=stretch.court_from_image.tolist(),
        lens=LensTerm(k1=stretch.lens.k1, centre=stretch.lens.centre_xy, radius_px=stretch.lens.radius_px),
        residual_px=stretch.residual_px,
        confidence=stretch.confidence,
        source=stretch.source,
    )


def _restore(stretch: Stretch) -> CourtStretch:
    lens = Lens(stretch.lens.k1, stretch.lens.centre, stretch.lens.radius_px)
    matrices = np.array(stretch.court_from_image, dtype=np.float64)
    return CourtStretch(
        stretch.first_frame,
        stretch.last_frame,
        matrices,
        lens,
        stretch.residual_px,
        stretch.confidence,
        stretch.source,
    )
