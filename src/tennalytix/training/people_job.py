"""From files of samples to a network with its papers."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import torch

from tennalytix import __version__
from tennalytix.training.card import SourceEntry, model_card, report
from tennalytix.training.checkpoint import people_net_from
from tennalytix.training.export import export_people
from tennalytix.training.fit import History
from tennalytix.training.options import FitOptions, PeopleOptions
from tennalytix.training.people import SCORED_ABOVE, DetectionScore, score_people, train_people
from tennalytix.training.people_samples import PersonSample, SampleFile
from tennalytix.training.quantise import quantise_people, score_file


@dataclass(frozen=True, eq=False, slots=True)
class Made:
    """A trained network.

    Attributes:
        network: ONNX.
        quantised: the same in 8 bits, for processors.
        report: see `card.report`.
        card: Markdown.
        summary: one sentence.
    """

    network: bytes = field(repr=False)
    quantised: bytes = field(repr=False)
    report: dict[str, object] = field(repr=False)
    card: str = field(repr=False)
    summary: str


def make_person_network(
    footage: Sequence[SampleFile],
    rendered: Sequence[SampleFile],
    held_out: Collection[str],
    options: PeopleOptions,
    fit_options: FitOptions,
) -> Made:
    """Trains, exports, measures and describes the person network.

    Raises:
        ValueError: there is nothing to learn from or to measure on; `options.start` is no network of ours.
        FileNotFoundError: `options.start` does not exist.
    """
    learnt = [sample for file in footage if file.source not in held_out for sample in file.samples]
    measured = [sample for file in footage if file.source in held_out for sample in file.samples]
    drawn = [sample for file in rendered for sample in file.samples]
    # A new network is made where the seed is set.
    start = people_net_from(options.start) if options.start else None
    network, history = train_people(learnt, drawn, measured, options, fit_options, start)
    content = export_people(network)
    quantised = quantise_people(content, learnt + drawn)
    scores = {threshold: score_people(network, measured, threshold) for threshold in (0.2, SCORED_ABOVE, 0.4)}
    entries, about = _entries(footage, rendered, held_out), _describe(network, content)
    in_bytes = {SCORED_ABOVE: score_file(quantised, measured, SCORED_ABOVE)}
    named = _named(scores) | {f"8 bits, {name}": value for name, value in _named(in_bytes).items()}
    about |= {"8 bits: sha256": hashlib.sha256(quantised).hexdigest(), "8 bits: bytes": len(quantised)}
    facts = report(entries, history, named, options, fit_options, about)
    summary = _summary(history, len(measured), scores[SCORED_ABOVE])
    return Made(content, quantised, facts, model_card("People in tennis pictures", facts), summary)


def _summary(history: History, pictures: int, score: DetectionScore) -> str:
    return (
        f"best network at step {history.best_step} of {history.steps}; on {pictures} pictures held out precision "
        f"{score.precision:.3f}, recall {score.recall:.3f}"
    )


def _entries(
    footage: Sequence[SampleFile], rendered: Sequence[SampleFile], held_out: Collection[str]
) -> list[SourceEntry]:
    entries = [
        SourceEntry(file.source, len(file.samples), _people(file.samples), file.sha256, file.source in held_out)
        for file in footage
    ]
    if rendered:
        joined = hashlib.sha256("".join(file.sha256 for file in rendered).encode()).hexdigest()
        everything = [sample for file in rendered for sample in file.samples]
        name = f"{len(rendered)} rendered scenes"
        entries.append(SourceEntry(name, len(everything), _people(everything), joined, held_out=False))
    return entries


def _people(samples: Sequence[PersonSample]) -> int:
    return sum(int((~sample.ignored).sum()) for sample in samples)


def _named(scores: dict[float, DetectionScore]) -> dict[str, float]:
    return {
        f"score above {threshold}: {what}": getattr(score, what)
        for threshold, score in scores.items()
        for what in ("precision", "recall")
    }


def _describe(network: torch.nn.Module, content: bytes) -> dict[str, object]:
    return {
        "file": "people.onnx",
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "made by": f"tennalytix {__version__}, Torch {torch.__version__}",
        "licence": "Apache-2.0",
    }
