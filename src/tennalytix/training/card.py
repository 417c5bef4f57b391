"""The model card: what a network was made from, how good it is on what it has not seen, where it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from tennalytix.training.fit import History
from tennalytix.training.options import FitOptions, PeopleOptions

_LIMITS = """\
- Made for pictures of tennis. People elsewhere, and in other poses, are found less often.
- Trained on boxes of a teacher and on rendered people: it shares the teacher's habits (a box ends at the body;
  rackets and shadows are left out).
- It sees pictures at the area of 960x540: people below about 20 pixels there are often missed.
- Two people of whom one hides most of the other are one.
"""


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """What one video or one set of rendered scenes gave.

    Attributes:
        name: of the video.
        pictures: taken from it.
        people: boxes in them that count.
        sha256: of the file of samples.
        held_out: measured on, not trained with.
    """

    name: str
    pictures: int
    people: int
    sha256: str
    held_out: bool


def report(
    sources: Sequence[SourceEntry],
    history: History,
    scores: Mapping[str, float],
    options: PeopleOptions,
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


def model_card(title: str, facts: Mapping[str, object]) -> str:
    """The report as a page of Markdown."""
    sources = facts["sources"]
    history = facts["history"]
    rows = "\n".join(_row(source) for source in sources)  # type: ignore[attr-defined]
    steps = "\n".join(f"| {step} | {loss:.3f} | {score:.4f} |" for step, loss, score in history["rows"])  # type: ignore[index]
    return f"""# {title}

{_table(facts["network"])}

## On videos it was not trained with

{_table(facts["held_out_scores"])}

People at an overlap (IoU) of at least 0.5 with the teacher's or a person's boxes; those below 14 pixels of the
network's picture do not count.

## Limits

{_LIMITS}
## How it was made

`kedro run --pipelines=training` with these options; the same inputs and options give the same network on the same
machine, unless `budget_min` ended it.

{_table(facts["options"])}

{_table(facts["fit"])}

| step | mean loss | F1 on videos held out |
| ---: | ---: | ---: |
{steps}

| source | pictures | people | used | digest of samples |
| --- | ---: | ---: | --- | --- |
{rows}
"""


def _row(source: Mapping[str, object]) -> str:
    used = "measured on" if source["held_out"] else "trained with"
    digest = str(source["sha256"])[:12]
    return f"| {source['name']} | {source['pictures']} | {source['people']} | {used} | `{digest}` |"


def _table(values: object) -> str:
    rows = "\n".join(
        f"| {name} | {f'{value:.4f}' if isinstance(value, float) and value > 1e-2 else value} |"
        for name, value in dict(values).items()  # type: ignore[call-overload]
    )
    return f"| | |\n| --- | --- |\n{rows}"
