"""A clip in the few numbers that the report shows."""

import numpy as np

from tennalytix.core.speed import Z_95, GroundSpeed
from tennalytix.schema.corrections import Corrections
from tennalytix.schema.report import ClipFacts
from tennalytix.schema.tracks import ModelProvenance, Tracks
from tennalytix.viz.review_data import lane_name, summarise
from tennalytix.viz.speeds import player_speeds, shots


def clip_facts(tracks: Tracks, fingerprint: str, corrections: Corrections | None = None) -> ClipFacts:
    """What the report says of a clip, and what that was made from."""
    summary, speeds, flown = summarise(tracks, corrections), player_speeds(tracks), shots(tracks)
    fastest = max(flown, key=lambda shot: shot.interval()[0], default=None)
    peaks = {lane_name(key, speeds): _peak(speed) for key, speed in speeds.items()}
    return ClipFacts(
        fingerprint=fingerprint,
        clip_id=tracks.clip_id,
        video_uri=tracks.video.uri,
        tennalytix=tracks.provenance.tennalytix,
        models={part: _model(model) for part, model in tracks.provenance.models.items()},
        duration_s=summary.duration_s,
        frame_count=summary.frame_count,
        ball_coverage=summary.ball_coverage,
        near_coverage=summary.near_coverage,
        far_coverage=summary.far_coverage,
        hit_count=summary.hit_count,
        bounce_count=summary.bounce_count,
        correction_count=summary.correction_count,
        court=court_words(tracks),
        fastest_mps={name: peak for name, peak in peaks.items() if peak is not None},
        fastest_ball_mps=None if fastest is None else _rounded(fastest.speed_mps, fastest.sigma_mps),
        warnings=list(summary.warnings),
    )


def court_words(tracks: Tracks) -> str:
    """How the court is known."""
    court = tracks.court
    if court is None:
        return "not found"
    camera = "camera stands still" if court.static else "camera moves"
    return f"{court.source}, {camera}, lines fit to {court.residual_px:.1f} px"


def _peak(speed: GroundSpeed) -> tuple[float, float] | None:
    """Where the interval's lower end is highest: of noisy speeds the highest is mostly noise."""
    low, _ = speed.interval()
    if not np.isfinite(low).any():
        return None
    k = int(np.nanargmax(low))
    return _rounded(float(speed.speed_mps[k]), float(speed.sigma_mps[k]))


def _rounded(speed_mps: float, sigma_mps: float) -> tuple[float, float]:
    return round(speed_mps, 2), round(Z_95 * sigma_mps, 2)


def _model(model: ModelProvenance) -> str:
    weights = f", weights {model.weights_sha256[:8]}" if model.weights_sha256 else ""
    options = f", {len(model.options)} options set" if model.options else ""
    return model.name.rpartition(".")[2] + weights + options
