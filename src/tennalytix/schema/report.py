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
        description="Of each player: the speed whose 95 % interval begins highest, and half that interval."
    )
    fastest_ball_mps: tuple[float, float] | None = Field(description="The same of the shots, mean over the ground.")
    warnings: list[str]


class ShotSheet(Model):
    """Which tile of a sheet of small pictures shows which left-out shot; tiles run row by row."""

    fingerprint: str
    tile_wh: tuple[int, int] = Field(description="Pixels.")
    columns: int = Field(gt=0)
    first_frames: list[int] = Field(description="Of each shot that has a tile, in order.")

    def corner_of(self, first_frame: int) -> tuple[int, int] | None:
        """Top-left pixel of a shot's tile; None if it has none."""
        if first_frame not in self.first_frames:
            return None
        row, column = divmod(self.first_frames.index(first_frame), self.columns)
        return column * self.tile_wh[0], row * self.tile_wh[1]


class RunSummary(Model):
    """What a run did, as far as it has come: `run_summary.json`."""

    run_id: str | None = None
    pipelines: list[str] | None = None
    status: str = "running"
    seconds: float = 0.0
    node_seconds: dict[str, float] = Field(default_factory=dict)
    stored: dict[str, list[str]] = Field(default_factory=dict)
    failures: list[dict[str, str]] = Field(default_factory=list, description="stage, item, error.")
