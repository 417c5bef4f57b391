"""From files of samples to a ball network with its papers."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.ball_network import EMBEDDED
from tennalytix.training.ball import BallAnswer, answer_ball, answer_views, calibrated, hard_views, train_ball
from tennalytix.training.ball_export import export_ball
from tennalytix.training.ball_net import BallNet
from tennalytix.training.ball_paths import read_paths
from tennalytix.training.ball_samples import BallSample
from tennalytix.training.card import CardText, SourceEntry, describe, model_card, report, together
from tennalytix.training.checkpoint import network_from
from tennalytix.training.options import BallOptions, FitOptions
from tennalytix.training.samples import SampleFile

_EVERY = 8
"""Of so many rendered scenes one is measured on and not trained with, in addition to the footage held out."""
CARD = CardText(
    title="Tennis balls in windows of five moments",
    measure="An answer within 5 pixels of the ball is right. The balls are those that the tracker or a person found.",
    limits="""\
- It decides among places where something moved: a ball that lies still, or flies before a moving crowd, is missed.
- The balls it learnt from are those that the tracker found, those drawn into footage, and rendered ones: it shares the
  tracker's habits.
- It sees 64 pixels around a place over about a sixth of a second: where a ball comes from before that it cannot know.
- A score is the share of right answers among windows like those it was measured on, not among those of every video.
""",
    score="average precision on what is held out",
    samples="windows",
    shown="balls",
)


@dataclass(frozen=True, eq=False, slots=True)
class MadeBall:
    """A trained network.

    Attributes:
        network: ONNX.
        report: see `card.report`.
        card: Markdown.
        summary: one sentence.
    """

    network: bytes = field(repr=False)
    report: dict[str, object] = field(repr=False)
    card: str = field(repr=False)
    summary: str


def make_ball_network(
    footage: Sequence[SampleFile[BallSample]],
    rendered: Sequence[SampleFile[BallSample]],
    held_out: Collection[str],
    options: BallOptions,
    fit_options: FitOptions,
) -> MadeBall:
    """Trains, calibrates, exports, measures and describes the ball network.

    Raises:
        ValueError: there is nothing to learn from or to measure on; `options.start` is no network of ours, or
            `options.paths` holds no paths.
        FileNotFoundError: `options.start` or `options.paths` does not exist.
    """
    unseen = [file for number, file in enumerate(rendered) if number % _EVERY == _EVERY - 1]
    learnt = [sample for file in footage if file.source not in held_out for sample in file.samples]
    drawn = [sample for file in rendered if file not in unseen for sample in file.samples]
    real = [sample for file in footage if file.source in held_out for sample in file.samples]
    measured = [*real, *(sample for file in unseen for sample in file.samples)]
    # A new network is made where the seed is set.
    start = network_from(options.start, EMBEDDED, BallNet()) if options.start else None
    paths = read_paths(options.paths) if options.paths else None
    network, history = train_ball(learnt, drawn, measured, options, fit_options, start, paths)
    answer = answer_ball(network, real)
    views = hard_views(measured, options.drawn_share, fit_options.seed)
    content = export_ball(calibrated(network, answer_views(network, views)))
    sources = [*_sources(footage, held_out, rendered, unseen), *_paths(paths)]
    facts = report(sources, history, _scores(answer), options, fit_options, describe(EMBEDDED, network, content))
    summary = (
        f"best network at step {history.best_step} of {history.steps}; on {len(real)} windows held out average "
        f"precision {answer.average_precision:.3f}, median error {answer.median_error_px:.2f} px"
    )
    return MadeBall(content, facts, model_card(CARD, facts), summary)


def _scores(answer: BallAnswer) -> dict[str, float]:
    return {"average precision": answer.average_precision, "median error, pixels": answer.median_error_px}


def _sources(
    footage: Sequence[SampleFile[BallSample]],
    held_out: Collection[str],
    rendered: Sequence[SampleFile[BallSample]],
    unseen: Sequence[SampleFile[BallSample]],
) -> list[SourceEntry]:
    entries = [together(file.source, [file], _balls, held_out=file.source in held_out) for file in footage]
    for out in (False, True):
        part = [file for file in rendered if (file in unseen) == out]
        if part:
            entries.append(together(f"{len(part)} rendered scenes", part, _balls, held_out=out))
    return entries


def _paths(paths: NDArray[np.float64] | None) -> list[SourceEntry]:
    if paths is None:
        return []
    digest = hashlib.sha256(np.ascontiguousarray(paths).tobytes()).hexdigest()
    return [SourceEntry("paths of real balls", len(paths), len(paths), digest, held_out=False)]


def _balls(sample: BallSample) -> int:
    return int(sample.has_ball)
