"""What the report of a run says of one clip: `figures/<clip_id>.json`."""

from pydantic import Field

from tennalytix.schema.model import Model, Score


class ClipFacts(Model):
    """A clip in a few numbers, beside its figures; readable without its tracks."""

    fingerprint: str = Field(description="Of what the figures and this were made from.")
    clip_id: str
    video_uri: str
    tennalytix: str = Field(description="Version that made the tracks.")
    models: dict[str, str] = Field(description="Class and weights by part.")
    duration_s: float = Field(ge=0)
    frame_count: int = Field(ge=0)
    ball_coverage: Score
    near_coverage: Score
    far_coverage: Score
    hit_count: int = Field(ge=0)
    bounce_count: int = Field(ge=0)
    correction_count: int = Field(ge=0)
    court: str = Field(description="In a few words.")
    fastest_mps: dict[str, tuple[float, float]] = Field(
        description="Of each player: highest speed and half its 95 % interval."
    )
    fastest_ball_mps: tuple[float, float] | None = Field(
        description="Fastest shot, mean over the ground, and half its 95 % interval."
    )
    warnings: list[str]
