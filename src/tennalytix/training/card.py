"""The model card: what a network was made from, how good it is on what it has not seen, where it ends."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import torch

from tennalytix import __version__
from tennalytix.training.fit import History
from tennalytix.training.options import BallOptions, FitOptions, PeopleOptions
from tennalytix.training.samples import S, SampleFile


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says of one kind of network.

    Attributes:
        title: of the page.
        measure: how the figures were taken, in a sentence or two.
        limits: a list in Markdown.
        score: what the figure of a validation is.
        samples: what samples are called.
        shown: what is counted in them.
    """

    title: str
    measure: str
    limits: str
    score: str
    samples: str
    shown: str


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """What one video or one set of rendered scenes gave.

    Attributes:
        name: of the video.
        samples: taken from it.
        shown: people or balls in them that count.
        sha256: of the file of samples.
        held_out: measured on, not trained with.
    """

    name: str
    samples: int
    shown: int
    sha256: str
    held_out: bool


def report(
    sources: Sequence[SourceEntry],
    history: History,
    scores: Mapping[str, float],
    options: BallOptions | PeopleOptions,
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


def model_card(text: CardText, facts: Mapping[str, object]) -> str:
    """The report as a page of Markdown."""
    sources = facts["sources"]
    history = facts["history"]
    rows = "\n".join(_row(source) for source in sources)  # type: ignore[attr-defined]
    steps = "\n".join(f"| {step} | {loss:.3f} | {score:.4f} |" for step, loss, score in history["rows"])  # type: ignore[index]
    return f"""# {text.title}

{_table(facts["network"])}

## On videos it was not trained with

{_table(facts["held_out_scores"])}

{text.measure}

## Limits

{text.limits}
## How it was made

`kedro run --pipelines=training` with these options; the same inputs and options give the same network on the same
machine, unless `budget_min` ended it.

{_table(facts["options"])}

{_table(facts["fit"])}

| step | mean loss | {text.score} |
| ---: | ---: | ---: |
{steps}

| source | {text.samples} | {text.shown} | used | digest of samples |
| --- | ---: | ---: | --- | --- |
{rows}
"""


def _row(source: Mapping[str, object]) -> str:
    used = "measured on" if source["held_out"] else "trained with"
    digest = str(source["sha256"])[:12]
    return f"| {source['name']} | {source['samples']} | {source['shown']} | {used} | `{digest}` |"


def _table(values: object) -> str:
    rows = "\n".join(
        f"| {name} | {f'{value:.4f}' if isinstance(value, float) and value > 1e-2 else value} |"
        for name, value in dict(values).items()  # type: ignore[call-overload]
    )
    return f"| | |\n| --- | --- |\n{rows}"


def together(name: str, files: Sequence[SampleFile[S]], shown: Callable[[S], int], *, held_out: bool) -> SourceEntry:
    """Files as one entry, with a digest of their digests; one alone has its own."""
    joined = "".join(file.sha256 for file in files)
    digest = joined if len(files) == 1 else hashlib.sha256(joined.encode()).hexdigest()
    samples = [sample for file in files for sample in file.samples]
    return SourceEntry(name, len(samples), sum(map(shown, samples)), digest, held_out)


def describe(file: str, network: torch.nn.Module, content: bytes) -> dict[str, object]:
    """What a network's file is."""
    return {
        "file": file,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "made by": f"tennalytix {__version__}, Torch {torch.__version__}",
        "licence": "Apache-2.0",
    }
