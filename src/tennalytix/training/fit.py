"""The training loop, for any network: seeds, learning rate, averaged weights, validation, early stopping."""

import copy
import logging
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from tennalytix.training.options import FitOptions

log = logging.getLogger(__name__)

Step = Callable[[nn.Module, int], Tensor]
"""Loss of a network on the batch of a step."""
Score = Callable[[nn.Module], float]
"""How good a network is, larger is better."""


@dataclass(frozen=True, slots=True)
class History:
    """What happened.

    Attributes:
        steps: taken.
        best_step: after which the network that was kept was the best.
        best_score: its score.
        rows: of every validation: step, mean loss since the one before, score.
    """

    steps: int
    best_step: int
    best_score: float
    rows: tuple[tuple[int, float, float], ...]


def device_of(options: FitOptions) -> torch.device:
    """Where to train.

    Raises:
        ValueError: a CUDA device is asked for and there is none.
    """
    if options.device == "cuda" and not torch.cuda.is_available():
        raise ValueError("device must be auto or cpu, got 'cuda', and Torch finds none.")
    on_cuda = options.device != "cpu" and torch.cuda.is_available()
    return torch.device("cuda" if on_cuda else "cpu")


def fit(network: nn.Module, step: Step, score: Score, options: FitOptions | None = None) -> tuple[nn.Module, History]:
    """Trains a network in place; returns the best averaged one and what happened.

    Batches follow from the step's number alone, so that the same options train the same network on the same machine
    unless `budget_min` cuts it short.
    """
    opts = options or FitOptions()
    if opts.threads:
        torch.set_num_threads(opts.threads)
    run = _Run(network, copy.deepcopy(network).eval(), opts)
    for number, loss in run.steps(step):
        if number % opts.validate_every == 0 or number == run.last:
            run.validate(number, loss, score(run.averaged))
            if run.stale >= opts.patience:
                log.info("No better network for %d validations: training ends.", run.stale)
                break
    return run.best, History(number, run.best_step, run.best_score, tuple(run.rows))


@dataclass(slots=True)
class _Run:
    network: nn.Module
    averaged: nn.Module
    options: FitOptions
    best: nn.Module = field(init=False)
    best_step: int = 0
    best_score: float = -math.inf
    stale: int = 0
    last: int = field(init=False)
    rows: list[tuple[int, float, float]] = field(default_factory=list)
    started_s: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.best = self.averaged
        self.last = self.options.steps

    def steps(self, step: Step) -> Iterator[tuple[int, float]]:
        """Takes steps; yields their number from 1 and the mean loss since the last validation."""
        opts = self.options
        optimiser = torch.optim.AdamW(self.network.parameters(), opts.learning_rate, weight_decay=opts.weight_decay)
        total, count = 0.0, 0
        for number in range(1, opts.steps + 1):
            done = self._done(number)
            for group in optimiser.param_groups:
                group["lr"] = opts.learning_rate * min(number / 200, 0.5 + 0.5 * math.cos(math.pi * min(done, 1.0)))
            self.network.train()
            loss = step(self.network, number)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
            optimiser.step()
            self._average(number)
            total, count = total + loss.item(), count + 1
            if done >= 1:
                self.last = number
            yield number, total / count
            if self.rows and self.rows[-1][0] == number:
                total, count = 0.0, 0
            if done >= 1:
                return

    def validate(self, number: int, loss: float, score: float) -> None:
        """Keeps the averaged network if it is the best so far."""
        self.rows.append((number, loss, score))
        minutes = (time.monotonic() - self.started_s) / 60
        log.info("Step %d of %d, %.0f min: loss %.3f, score %.4f", number, self.options.steps, minutes, loss, score)
        self.stale += 1
        if score > self.best_score:
            self.best, self.best_step, self.best_score, self.stale = copy.deepcopy(self.averaged), number, score, 0

    def _done(self, number: int) -> float:
        """Share of the training that is over, by steps or by time."""
        share = number / self.options.steps
        if self.options.budget_min is not None:
            share = max(share, (time.monotonic() - self.started_s) / 60 / self.options.budget_min)
        return share

    @torch.no_grad()
    def _average(self, number: int) -> None:
        # Early averages would hold on to the random start.
        keep = min(self.options.average, number / (number + 10))
        for mean, value in zip(self.averaged.state_dict().values(), self.network.state_dict().values(), strict=True):
            if mean.dtype.is_floating_point:
                mean.lerp_(value, 1 - keep)
            else:
                mean.copy_(value)
