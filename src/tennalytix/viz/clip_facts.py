"""A clip in the few numbers that the report shows."""

from tennalytix.schema.corrections import Corrections
from tennalytix.schema.report import ClipFacts
from tennalytix.schema.tracks import ModelProvenance, Tracks
from tennalytix.viz.review_data import lane_name, summarise
from tennalytix.viz.speeds import LOW_CAMERA_WORDS, fastest, fastest_shot, is_low_camera, player_speeds, shots


def clip_facts(tracks: Tracks, fingerprint: str, corrections: Corrections | None = None) -> ClipFacts:
    """What the report says of a clip, and what that was made from."""
    summary, speeds = summarise(tracks, corrections), player_speeds(tracks)
    peaks = {lane_name(key, speeds): fastest(speed) for key, speed in speeds.items()}
    shot = fastest_shot(shots(tracks))
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
        fastest_mps={name: _rounded(peak) for name, peak in peaks.items() if peak is not None},
        fastest_ball_mps=None if shot is None else _rounded(shot),
        warnings=[*summary.warnings, *([LOW_CAMERA_WORDS] if is_low_camera(tracks) else [])],
    )


def court_words(tracks: Tracks) -> str:
    """How the court is known."""
    court = tracks.court
    if court is None:
        return "not found"
    camera = "camera stands still" if court.static else "camera moves"
    return f"{court.source}, {camera}, lines fit to {court.residual_px:.1f} px"


def _rounded(speed: tuple[float, float]) -> tuple[float, float]:
    return round(speed[0], 2), round(speed[1], 2)


def _model(model: ModelProvenance) -> str:
    weights = f", weights {model.weights_sha256[:8]}" if model.weights_sha256 else ""
    options = f", {len(model.options)} options set" if model.options else ""
    return model.name.rpartition(".")[2] + weights + options
