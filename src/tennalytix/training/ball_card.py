"""The ball network's model card: what it was made from, how good it is on what it has not seen, where it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from tennalytix.training.fit import History
from tennalytix.training.options import BallOptions, FitOptions

_LIMITS = """\
- It decides among places where something moved: a ball that lies still, or flies before a moving crowd, is missed.
- The balls it learnt from are those that the tracker found, those drawn into footage, and rendered ones: it shares the
  tracker's habits.
- It sees 64 pixels around a place over about a sixth of a second: where a ball comes from before that it cannot know.
- A score is the share of right answers among windows like those it was measured on, not among those of every video.
"""


@dataclass(frozen=True, slots=True)
class BallSource:
    """What one video or one set of rendered scenes gave.

    Attributes:
        name: of the video.
        windows: taken from it.
        balls: windows that show one.
        sha256: of the file of samples.
        held_out: measured on, not trained with.
    """

    name: str
    windows: int
    balls: int
    sha256: str
    held_out: bool


def ball_report(
    sources: Sequence[BallSource],
    history: History,
    scores: Mapping[str, float],
    options: BallOptions,
    fit_options: FitOptions,
    network: Mapping[str, object],
) -> dict[str, object]:
    """Everything that the network follows from, and what came out, as plain values."""
    return {
        "network": dict(network),
        "options": asdict(options),
        "fit": asdict(fit_options),
        "history": asdict(history),
        "held_out_scores": dict(scores),
        "sources": [asdict(source) for source in sources],
    }


def ball_card(facts: Mapping[str, object]) -> str:
    """The report as a page of Markdown."""
    rows = "\n".join(_row(source) for source in facts["sources"])  # type: ignore[attr-defined]
    history = facts["history"]
    steps = "\n".join(f"| {step} | {loss:.3f} | {score:.4f} |" for step, loss, score in history["rows"])  # type: ignore[index]
    return f"""# Tennis balls in windows of five moments

{_table(facts["network"])}

## On videos it was not trained with

{_table(facts["held_out_scores"])}

An answer within 5 pixels of the ball is right. The balls are those that the tracker or a person found.

## Limits

{_LIMITS}
## How it was made

`kedro run --pipelines=training` with these options; the same inputs and options give the same network on the same
machine, unless `budget_min` ended it.

{_table(facts["options"])}

{_table(facts["fit"])}

| step | mean loss | average precision on what is held out |
| ---: | ---: | ---: |
{steps}

| source | windows | balls | used | digest of samples |
| --- | ---: | ---: | --- | --- |
{rows}
"""


def _row(source: Mapping[str, object]) -> str:
    used = "measured on" if source["held_out"] else "trained with"
    digest = str(source["sha256"])[:12]
    return f"| {source['name']} | {source['windows']} | {source['balls']} | {used} | `{digest}` |"


def _table(values: object) -> str:
    rows = "\n".join(
        f"| {name} | {f'{value:.4f}' if isinstance(value, float) and value > 1e-2 else value} |"
        for name, value in dict(values).items()  # type: ignore[call-overload]
    )
    return f"| | |\n| --- | --- |\n{rows}"
