import numpy as np
import pytest
from pydantic import ValidationError

from tennalytix.core.court_view import CourtStretch, CourtTrack, Lens
from tennalytix.schema.courts import CourtFile
from tennalytix.schema.tracks import ModelProvenance

LENS = Lens.pinhole((1280, 720), 0.02)
MODEL = ModelProvenance(name="lines")
MATRICES = np.random.default_rng(0).normal(size=(3, 3, 3))
TRACK = CourtTrack(
    (CourtStretch(4, 9, MATRICES[:1], LENS, 0.25, 0.9), CourtStretch(12, 14, MATRICES, LENS, 0.5, 1.0)),
)


def stored(track: CourtTrack) -> CourtFile:
    return CourtFile.model_validate_json(CourtFile.from_track("match__0001", track, "f00", MODEL).model_dump_json())


def test_a_track_survives_the_file_exactly() -> None:
    restored = stored(TRACK).to_track()

    for one, other in zip(TRACK.stretches, restored.stretches, strict=True):
        assert (other.first_frame, other.last_frame, other.lens) == (one.first_frame, one.last_frame, one.lens)
        assert (other.residual_px, other.confidence, other.static) == (one.residual_px, one.confidence, one.static)
        assert np.array_equal(other.court_from_image, one.court_from_image)


def test_no_court_is_a_file_without_stretches() -> None:
    file = stored(CourtTrack())

    assert file.stretches == []
    assert file.to_track().main is None
    assert (file.clip_id, file.fingerprint, file.model) == ("match__0001", "f00", MODEL)


def test_a_confidence_above_one_is_refused() -> None:
    broken = stored(TRACK).model_dump()
    broken["stretches"][0]["confidence"] = 1.5

    with pytest.raises(ValidationError, match="confidence"):
        CourtFile.model_validate(broken)
