"""Options of training; nothing here needs Torch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageOptions:
    """How samples are taken from footage.

    Attributes:
        per_clip: so many frames of a clip at most, evenly spread.
        sure_score: boxes of at least this score are taken for people.
        doubtful_score: boxes between this and `sure_score` are neither demanded nor forbidden; below it nobody.
        seed: of the choice of the moments that a picture is compared with.
    """

    per_clip: int = 60
    sure_score: float = 0.35
    doubtful_score: float = 0.12
    seed: int = 0

    def __post_init__(self) -> None:
        if self.per_clip < 1:
            raise ValueError(f"per_clip must be at least 1, got {self.per_clip}.")
        if not 0 <= self.doubtful_score <= self.sure_score <= 1:
            raise ValueError(
                f"doubtful_score and sure_score must be in order and in [0, 1], got {self.doubtful_score} and "
                f"{self.sure_score}."
            )
        if self.seed < 0:
            raise ValueError(f"seed must not be negative, got {self.seed}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedOptions:
    """How samples are rendered.

    Attributes:
        scenes: so many scenes, each of another court, camera and light; 0 for none.
        per_scene: pictures of each.
        first_seed: of the first scene; the next has the next.
    """

    scenes: int = 160
    per_scene: int = 6
    first_seed: int = 0

    def __post_init__(self) -> None:
        if self.scenes < 0:
            raise ValueError(f"scenes must not be negative, got {self.scenes}. Use 0 for none.")
        if self.per_scene < 1:
            raise ValueError(f"per_scene must be at least 1, got {self.per_scene}.")
        if self.first_seed < 0:
            raise ValueError(f"first_seed must not be negative, got {self.first_seed}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOptions:
    """How a network is trained.

    Attributes:
        steps: batches at most.
        learning_rate: the highest, after warming up; it falls to nothing along a cosine.
        weight_decay: of AdamW.
        average: share of the averaged weights that one step keeps.
        validate_every: steps between validations.
        patience: validations without a better one before training stops.
        budget_min: stops in time for this many minutes at most, with the learning rate at its end; None for no limit.
        threads: of Torch; 0 leaves it to Torch.
        device: `auto` (a CUDA device if there is one), `cpu`, `cuda`.
        seed: of everything random.
    """

    steps: int = 4000
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    average: float = 0.998
    validate_every: int = 250
    patience: int = 8
    budget_min: float | None = None
    threads: int = 0
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("steps", "learning_rate", "validate_every", "patience"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}.")
        for name in ("weight_decay", "threads", "seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}.")
        if not 0 <= self.average < 1:
            raise ValueError(f"average must be at least 0 and below 1, got {self.average}.")
        if self.budget_min is not None and self.budget_min <= 0:
            raise ValueError(f"budget_min must be positive or null, got {self.budget_min}.")
        if self.device not in ("auto", "cpu", "cuda"):
            raise ValueError(f"device must be auto, cpu or cuda, got {self.device!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleOptions:
    """What the person network is, and what it learns from.

    Attributes:
        start: `shipped` goes on from the network that ships with the package, a path from that ONNX file, None from
            nothing.
        held_out: names of videos, with `*` for any text, on which the network is measured and not trained. Name all
            videos of a court, not one of them. Empty: about every fifth video.
        crop_px: side of the crops, a multiple of 32.
        batch_size: crops a step.
        rendered_share: share of the crops that come from rendered rallies, if there are any.
    """

    start: str | None = None
    held_out: tuple[str, ...] = ()
    crop_px: int = 320
    batch_size: int = 16
    rendered_share: float = 0.3

    def __post_init__(self) -> None:
        if self.crop_px < 64 or self.crop_px % 32:
            raise ValueError(f"crop_px must be a multiple of 32 and at least 64, got {self.crop_px}.")
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {self.batch_size}.")
        if not 0 <= self.rendered_share <= 1:
            raise ValueError(f"rendered_share must be in [0, 1], got {self.rendered_share}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BallFootageOptions:
    """How samples of the ball are taken from footage.

    Attributes:
        per_clip: so many frames of a clip at most, evenly spread over those in which the ball is known.
        sure_score: a tracked ball of at least this score is taken for one, if the frames around it show it too.
        clutter: so many false candidates of a frame.
        seed: of the choice of places that show nothing.
    """

    per_clip: int = 250
    sure_score: float = 0.1
    clutter: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.per_clip < 1:
            raise ValueError(f"per_clip must be at least 1, got {self.per_clip}.")
        if not 0 <= self.sure_score <= 1:
            raise ValueError(f"sure_score must be in [0, 1], got {self.sure_score}.")
        for name in ("clutter", "seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BallOptions:
    """What the ball network learns from.

    Attributes:
        start: `shipped` goes on from the network that ships with the package, a path from that ONNX file, None from
            nothing.
        held_out: names of videos, with `*` for any text, on which the network is measured and not trained. Name all
            videos of a court, not one of them. Empty: about every fifth video.
        batch_size: windows a step.
        rendered_share: share of the windows that come from rendered rallies, if there are any.
        ball_share: share of the others that show a ball of the footage.
        drawn_share: of the rest, a ball is drawn into this share.
        paths: folder of labelled rallies (docs/training.md), along which every second drawn ball flies; None for
            flights made up by physics alone.
    """

    start: str | None = None
    held_out: tuple[str, ...] = ()
    batch_size: int = 64
    rendered_share: float = 0.2
    ball_share: float = 0.35
    drawn_share: float = 0.4
    paths: str | None = None

    def __post_init__(self) -> None:
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {self.batch_size}.")
        for name in ("rendered_share", "ball_share", "drawn_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be in [0, 1], got {getattr(self, name)}.")
