"""From files of samples to a network with its papers."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tennalytix.detectors.people_network import EMBEDDED
from tennalytix.training.card import CardText, SourceEntry, describe, model_card, report, together
from tennalytix.training.checkpoint import network_from
from tennalytix.training.export import export_people
from tennalytix.training.fit import History
from tennalytix.training.options import FitOptions, PeopleOptions
from tennalytix.training.people import SCORED_ABOVE, DetectionScore, score_people, train_people
from tennalytix.training.people_net import PeopleNet
from tennalytix.training.people_samples import PersonSample
from tennalytix.training.quantise import quantise_people, score_file
from tennalytix.training.samples import SampleFile

CARD = CardText(
    title="People in tennis pictures",
    measure="""\
People at an overlap (IoU) of at least 0.5 with the teacher's or a person's boxes; those below 14 pixels of the
network's picture do not count.""",
    limits="""\
- Made for pictures of tennis. People elsewhere, and in other poses, are found less often.
- Trained on boxes of a teacher and on rendered people: it shares the teacher's habits (a box ends at the body;
  rackets and shadows are left out).
- It sees pictures at the area of 960x540: people below about 20 pixels there are often missed.
- Two people of whom one hides most of the other are one.
""",
    score="F1 on videos held out",
    samples="pictures",
    shown="people",
)


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
    footage: Sequence[SampleFile[PersonSample]],
    rendered: Sequence[SampleFile[PersonSample]],
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
    start = network_from(options.start, EMBEDDED, PeopleNet()) if options.start else None
    network, history = train_people(learnt, drawn, measured, options, fit_options, start)
    content = export_people(network)
    quantised = quantise_people(content, learnt + drawn)
    scores = {threshold: score_people(network, measured, threshold) for threshold in (0.2, SCORED_ABOVE, 0.4)}
    entries, about = _entries(footage, rendered, held_out), describe(EMBEDDED, network, content)
    in_bytes = {SCORED_ABOVE: score_file(quantised, measured, SCORED_ABOVE)}
    named = _named(scores) | {f"8 bits, {name}": value for name, value in _named(in_bytes).items()}
    about |= {"8 bits: sha256": hashlib.sha256(quantised).hexdigest(), "8 bits: bytes": len(quantised)}
    facts = report(entries, history, named, options, fit_options, about)
    summary = _summary(history, len(measured), scores[SCORED_ABOVE])
    return Made(content, quantised, facts, model_card(CARD, facts), summary)


def _summary(history: History, pictures: int, score: DetectionScore) -> str:
    return (
        f"best network at step {history.best_step} of {history.steps}; on {pictures} pictures held out precision "
        f"{score.precision:.3f}, recall {score.recall:.3f}"
    )


def _entries(
    footage: Sequence[SampleFile[PersonSample]], rendered: Sequence[SampleFile[PersonSample]], held_out: Collection[str]
) -> list[SourceEntry]:
    entries = [together(file.source, [file], _people, held_out=file.source in held_out) for file in footage]
    if rendered:
        entries.append(together(f"{len(rendered)} rendered scenes", rendered, _people, held_out=False))
    return entries


def _people(sample: PersonSample) -> int:
    return int((~sample.ignored).sum())


def _named(scores: dict[float, DetectionScore]) -> dict[str, float]:
    return {
        f"score above {threshold}: {what}": getattr(score, what)
        for threshold, score in scores.items()
        for what in ("precision", "recall")
    }
