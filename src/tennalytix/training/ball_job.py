"""From files of samples to a ball network with its papers."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import torch

from tennalytix import __version__
from tennalytix.detectors.ball_network import EMBEDDED
from tennalytix.training.ball import BallAnswer, answer_ball, answer_views, calibrated, hard_views, train_ball
from tennalytix.training.ball_card import BallSource, ball_card, ball_report
from tennalytix.training.ball_export import export_ball
from tennalytix.training.ball_net import BallNet
from tennalytix.training.ball_samples import BallSampleFile
from tennalytix.training.checkpoint import load_weights
from tennalytix.training.options import BallOptions, FitOptions

_EVERY = 8
"""Of so many rendered scenes one is measured on and not trained with, in addition to the footage held out."""


@dataclass(frozen=True, eq=False, slots=True)
class MadeBall:
    """A trained network.

    Attributes:
        network: ONNX.
        report: see `ball_card.ball_report`.
        card: Markdown.
        summary: one sentence.
    """

    network: bytes = field(repr=False)
    report: dict[str, object] = field(repr=False)
    card: str = field(repr=False)
    summary: str


def make_ball_network(
    footage: Sequence[BallSampleFile],
    rendered: Sequence[BallSampleFile],
    held_out: Collection[str],
    options: BallOptions,
    fit_options: FitOptions,
) -> MadeBall:
    """Trains, calibrates, exports, measures and describes the ball network.

    Raises:
        ValueError: there is nothing to learn from or to measure on; `options.start` is no network of ours.
        FileNotFoundError: `options.start` does not exist.
    """
    unseen = [file for number, file in enumerate(rendered) if number % _EVERY == _EVERY - 1]
    learnt = [sample for file in footage if file.source not in held_out for sample in file.samples]
    drawn = [sample for file in rendered if file not in unseen for sample in file.samples]
    real = [sample for file in footage if file.source in held_out for sample in file.samples]
    measured = [*real, *(sample for file in unseen for sample in file.samples)]
    # A new network is made where the seed is set.
    start = ball_net_from(options.start) if options.start else None
    network, history = train_ball(learnt, drawn, measured, options, fit_options, start)
    answer = answer_ball(network, real)
    views = hard_views(measured, options.drawn_share, fit_options.seed)
    content = export_ball(calibrated(network, answer_views(network, views)))
    sources = [*_sources(footage, held_out), *_together(rendered, unseen)]
    facts = ball_report(sources, history, _scores(answer), options, fit_options, _describe(network, content))
    summary = (
        f"best network at step {history.best_step} of {history.steps}; on {len(real)} windows held out average "
        f"precision {answer.average_precision:.3f}, median error {answer.median_error_px:.2f} px"
    )
    return MadeBall(content, facts, ball_card(facts), summary)


def ball_net_from(start: str) -> BallNet:
    """A ball network to train further.

    Args:
        start: `shipped`, or the path of an ONNX file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no ball network of ours.
    """
    shipped = files("tennalytix.models").joinpath(EMBEDDED)
    if start == "shipped" and shipped.is_file():
        content = shipped.read_bytes()
    elif Path(start).is_file():
        content = Path(start).read_bytes()
    else:
        raise FileNotFoundError(f"start must be null, shipped or an ONNX file, got {start}, which does not exist.")
    network = BallNet()
    load_weights(network, content, start)
    return network


def _scores(answer: BallAnswer) -> dict[str, float]:
    return {"average precision": answer.average_precision, "median error, pixels": answer.median_error_px}


def _sources(footage: Sequence[BallSampleFile], held_out: Collection[str]) -> list[BallSource]:
    return [
        BallSource(file.source, len(file.samples), _balls([file]), file.sha256, file.source in held_out)
        for file in footage
    ]


def _together(rendered: Sequence[BallSampleFile], unseen: Sequence[BallSampleFile]) -> list[BallSource]:
    entries = []
    for out in (False, True):
        part = [file for file in rendered if (file in unseen) == out]
        if part:
            joined = hashlib.sha256("".join(file.sha256 for file in part).encode()).hexdigest()
            count = sum(len(file.samples) for file in part)
            entries.append(BallSource(f"{len(part)} rendered scenes", count, _balls(part), joined, held_out=out))
    return entries


def _balls(part: Sequence[BallSampleFile]) -> int:
    return sum(sample.has_ball for file in part for sample in file.samples)


def _describe(network: torch.nn.Module, content: bytes) -> dict[str, object]:
    return {
        "file": EMBEDDED,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "made by": f"tennalytix {__version__}, Torch {torch.__version__}",
        "licence": "Apache-2.0",
    }
