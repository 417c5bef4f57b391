"""How much of a clip was found, in numbers and in plain sentences."""

from collections.abc import Sequence

from tennalytix.core.court_view import CourtTrack
from tennalytix.schema.tracks import Summary, TrackedFrame

_PLAYER_COVERAGE = 0.9
_BALL_COVERAGE = 0.5


def summarise(frames: Sequence[TrackedFrame], court: CourtTrack, warnings: Sequence[str]) -> Summary:
    """Coverages as shares of all frames, and warnings of whatever is missing."""
    near, far = (_share([any(p.role == role for p in f.players) for f in frames]) for role in ("near", "far"))
    ball = _share([f.ball is not None for f in frames])
    seen = _share([any(s.first_frame <= f.frame_index <= s.last_frame for s in court.stretches) for f in frames])
    found = [
        _sentence("court", seen, 1.0),
        _sentence("near player", near, _PLAYER_COVERAGE),
        _sentence("far player", far, _PLAYER_COVERAGE),
        _sentence("ball", ball, _BALL_COVERAGE),
    ]
    return Summary(
        ball_coverage=ball,
        near_coverage=near,
        far_coverage=far,
        warnings=[*warnings, *(s for s in found if s is not None)],
    )


def _share(flags: Sequence[bool]) -> float:
    return round(sum(flags) / len(flags), 4) if flags else 0.0


def _sentence(what: str, coverage: float, enough: float) -> str | None:
    if coverage >= enough:
        return None
    if coverage == 0:
        return f"No {what} was found." if what in ("court", "ball") else f"The {what} was not found."
    return f"The {what} was found in {min(max(round(100 * coverage), 1), 99)} % of the frames."
