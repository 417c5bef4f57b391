"""Trains the ball network on samples and measures it on those of courts held out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor, nn

from tennalytix.detectors.ball_network_input import SIDE_PX
from tennalytix.detectors.ball_network_places import best_places
from tennalytix.training.ball_augment import BallView, middle_view, near_edge, random_view
from tennalytix.training.ball_net import OUTPUT_STRIDE, BallAnswers, BallNet
from tennalytix.training.ball_samples import BallSample
from tennalytix.training.ball_targets import ball_loss
from tennalytix.training.fit import History, device_of, fit
from tennalytix.training.options import BallOptions, FitOptions
from tennalytix.training.samples import by_source, draw_one

_RIGHT_PX = 5.0
"""An answer at most so far from the ball is right; pixels of the window."""
_BATCH = 256

Pool = Sequence[Sequence[BallSample]]
"""Samples by source, so that a long video weighs no more than a short one."""


@dataclass(frozen=True, slots=True)
class BallAnswer:
    """What the network answers for windows.

    Attributes:
        score: (n,), of the likeliest place in each window.
        right: (n,), there is a ball, and there it is.
        ball: (n,), there is a ball.
        error_px: (n,), distance from the ball; NaN without one.
    """

    score: NDArray[np.float64]
    right: NDArray[np.bool_]
    ball: NDArray[np.bool_]
    error_px: NDArray[np.float64]

    @property
    def average_precision(self) -> float:
        """How well scores tell balls from the rest: mean precision over the balls, best first; 1 is perfect."""
        right = self.right[np.argsort(-self.score, kind="stable")]
        precision = np.cumsum(right) / np.arange(1, len(right) + 1)
        return float((precision * right).sum() / max(int(self.ball.sum()), 1))

    @property
    def median_error_px(self) -> float:
        """Of the answers that are right."""
        return float(np.median(self.error_px[self.right])) if self.right.any() else float("nan")


def train_ball(
    footage: Sequence[BallSample],
    rendered: Sequence[BallSample],
    held_out: Sequence[BallSample],
    options: BallOptions | None = None,
    fit_options: FitOptions | None = None,
    start: nn.Module | None = None,
    paths: NDArray[np.float64] | None = None,
) -> tuple[nn.Module, History]:
    """The best network on the samples held out.

    Args:
        footage: of real courts.
        rendered: of rendered rallies.
        held_out: of courts that `footage` lacks.
        options: what it learns from; the defaults if None.
        fit_options: how; the defaults if None.
        start: a network to go on from; a new one if None.
        paths: see `ball_paths.read_paths`; balls that are drawn fly along them. None for made-up flights alone.

    Raises:
        ValueError: there is nothing to learn from, or nothing to measure with.
    """
    opts, fits = options or BallOptions(), fit_options or FitOptions()
    batches = _Batches.of(footage, rendered, opts, fits.seed, paths)
    if not any(sample.has_ball for sample in held_out):
        raise ValueError("training must have balls on a court held out, got none. Name a court in `held_out`.")
    device = device_of(fits)
    torch.manual_seed(fits.seed)
    network = (start if start is not None else BallNet()).to(device)

    def step(current: nn.Module, number: int) -> Tensor:
        views = batches.views(number)
        return ball_loss(current(_tensor(views, device)), views)

    return fit(network, step, lambda current: answer_ball(current, held_out).average_precision, fits)


@dataclass(frozen=True, eq=False, slots=True)
class _Batches:
    """The batch of a step follows from the step's number and the seed."""

    pools: Sequence[Pool]
    shares: NDArray[np.float64]
    options: BallOptions
    seed: int
    paths: NDArray[np.float64] | None

    @classmethod
    def of(
        cls,
        footage: Sequence[BallSample],
        rendered: Sequence[BallSample],
        options: BallOptions,
        seed: int,
        paths: NDArray[np.float64] | None,
    ) -> "_Batches":
        balls, rest = ([s for s in footage if s.has_ball == wanted] for wanted in (True, False))
        drawn, real = options.rendered_share, 1 - options.rendered_share
        pools = [by_source(balls), by_source(rest), by_source(rendered)]
        shares = np.array([real * options.ball_share, real * (1 - options.ball_share), drawn])
        shares *= [bool(pool) for pool in pools]
        if not shares.sum() > 0:
            raise ValueError("training must have samples of the ball, got none. Run tracking, or put labels in place.")
        return cls(pools, shares / shares.sum(), options, seed, paths)

    def views(self, number: int) -> list[BallView]:
        rng = np.random.default_rng([self.seed, number])
        chosen = rng.choice(len(self.pools), self.options.batch_size, p=self.shares)
        return [random_view(draw_one(self.pools[k], rng), self.options.drawn_share, rng, self.paths) for k in chosen]


def answer_ball(network: nn.Module, samples: Sequence[BallSample]) -> BallAnswer:
    """What the network says of the middle of each sample."""
    return answer_views(network, [middle_view(sample) for sample in samples])


def hard_views(samples: Sequence[BallSample], drawn_share: float, seed: int) -> list[BallView]:
    """Windows as training sees them: the plain balls of tracks alone would make any network look sure."""
    views = [
        random_view(sample, drawn_share, np.random.default_rng([seed, number])) for number, sample in enumerate(samples)
    ]
    return [view for view in views if not (np.isfinite(view.xy).all() and near_edge(view.xy))]


@torch.no_grad()
def answer_views(network: nn.Module, views: Sequence[BallView]) -> BallAnswer:
    """What the network says of windows."""
    was_training = network.training
    network.eval()
    device = next(network.parameters()).device
    places, scores = [np.zeros((0, 2))], [np.zeros(0)]
    for first in range(0, len(views), _BATCH):
        logits, offsets = network(_tensor(views[first : first + _BATCH], device))
        place, score = best_places(torch.sigmoid(logits).cpu().numpy(), (offsets * OUTPUT_STRIDE).cpu().numpy())
        places.append(place)
        scores.append(score)
    network.train(was_training)
    xy = np.array([view.xy for view in views]).reshape(-1, 2)
    ball = np.asarray(((xy > -0.5) & (xy < SIDE_PX - 0.5)).all(axis=1), dtype=np.bool_)
    error = np.where(ball, np.hypot(*(np.concatenate(places) - xy).T), np.nan)
    right = np.asarray(np.nan_to_num(error, nan=np.inf) <= _RIGHT_PX, dtype=np.bool_)
    return BallAnswer(np.concatenate(scores), right, ball, error)


def calibrated(network: nn.Module, answer: BallAnswer) -> BallAnswers:
    """The network as detectors run it, with scores that are shares of right answers (Platt, 1999)."""
    answers = BallAnswers(network)  # type: ignore[arg-type]
    p = np.clip(answer.score, 1e-6, 1 - 1e-6)
    logit, right = np.log(p / (1 - p)), answer.right.astype(np.float64)

    def cost(line: NDArray[np.float64]) -> float:
        z = line[0] * logit + line[1]
        # A pull towards what the network says itself keeps few windows from deciding all.
        return float((np.logaddexp(0, z) - right * z).sum() + (line[0] - 1) ** 2 + 0.1 * line[1] ** 2)

    steepness, shift = minimize(cost, np.array([1.0, 0.0]), method="Nelder-Mead").x
    answers.steepness.fill_(max(float(steepness), 0.1))
    answers.shift.fill_(float(shift))
    return answers.to(next(network.parameters()).device).eval()


def _tensor(views: Sequence[BallView], device: torch.device) -> Tensor:
    return torch.from_numpy(np.stack([view.windows for view in views])).to(device).float()
