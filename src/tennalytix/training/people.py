"""Trains the person network on samples and measures it on those of courts held out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from tennalytix.core.boxes import iou
from tennalytix.detectors.people_network_boxes import boxes_of
from tennalytix.detectors.people_network_input import to_planes
from tennalytix.training.fit import History, device_of, fit
from tennalytix.training.options import FitOptions, PeopleOptions
from tennalytix.training.people_augment import Crop, random_crop
from tennalytix.training.people_net import Answers, PeopleNet
from tennalytix.training.people_samples import PersonSample
from tennalytix.training.people_targets import loss_of, stack_targets, targets_of
from tennalytix.training.samples import by_source, draw_one

SCORED_ABOVE = 0.3
"""In validations people with a lower score are left out."""
_LEAST_HEIGHT_PX = 14.0
"""Shorter people do not count in a validation."""


@dataclass(frozen=True, slots=True)
class DetectionScore:
    """People found in validation pictures.

    Attributes:
        precision: share of the answers that are people.
        recall: share of the people that were found.
    """

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


def train_people(
    footage: Sequence[PersonSample],
    rendered: Sequence[PersonSample],
    held_out: Sequence[PersonSample],
    options: PeopleOptions | None = None,
    fit_options: FitOptions | None = None,
    start: nn.Module | None = None,
) -> tuple[nn.Module, History]:
    """The best network on the samples held out.

    Args:
        footage: of real courts.
        rendered: of rendered rallies.
        held_out: of courts that `footage` lacks.
        options: what it learns from; the defaults if None.
        fit_options: how; the defaults if None.
        start: a network to go on from; a new one if None.

    Raises:
        ValueError: there is nothing to learn from, or nothing to measure with.
    """
    opts, fits = options or PeopleOptions(), fit_options or FitOptions()
    pools = [pool for pool in (by_source(footage), by_source(rendered)) if pool]
    if not pools:
        raise ValueError("training must have samples, got none. Put videos and people tables or labels in place.")
    if not held_out:
        raise ValueError("training must have samples of a court held out, got none. Name a court in `held_out`.")
    device = device_of(fits)
    torch.manual_seed(fits.seed)
    network = start if start is not None else PeopleNet()
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    batches = _Batches(pools, opts, fits.seed, device)
    return fit(network, batches.loss, lambda current: score_people(current, held_out).f1, fits)


@dataclass(frozen=True, eq=False, slots=True)
class _Batches:
    """The batch of a step follows from the step's number and the seed.

    Attributes:
        pools: samples by source, of footage and rendered, whichever there are.
        options: size of the batches, and how much of them is rendered.
        seed: of everything random.
        device: where the network is.
    """

    pools: Sequence[Sequence[Sequence[PersonSample]]]
    options: PeopleOptions
    seed: int
    device: torch.device

    def loss(self, network: nn.Module, number: int) -> Tensor:
        """Of the network on the batch of a step."""
        rng = np.random.default_rng([self.seed, number])
        side_px = self.options.crop_px
        crops = [random_crop(sample, side_px, rng) for sample in self._draw(rng)]
        targets = stack_targets([targets_of((side_px, side_px), crop.xyxy, crop.ignored) for crop in crops])
        return loss_of(network(*_tensors(crops, self.device)), targets.to(self.device))

    def _draw(self, rng: np.random.Generator) -> list[PersonSample]:
        share = self.options.rendered_share
        shares = [1 - share, share] if len(self.pools) == 2 else [1.0]
        chosen = (self.pools[rng.choice(len(self.pools), p=shares)] for _ in range(self.options.batch_size))
        return [draw_one(pool, rng) for pool in chosen]


@torch.no_grad()
def score_people(
    network: nn.Module, samples: Sequence[PersonSample], threshold: float = SCORED_ABOVE
) -> DetectionScore:
    """Finds people in whole pictures, at an overlap (IoU) of at least 0.5."""
    module = Answers(network).eval()  # type: ignore[arg-type]
    device = next(network.parameters()).device

    def answers(*planes: np.ndarray) -> tuple[np.ndarray, ...]:
        found = module(*(torch.from_numpy(plane)[None].to(device) for plane in planes))
        return tuple(output[0].cpu().numpy() for output in found)

    return score_answers(answers, samples, threshold)


def score_answers(
    answers: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, ...]],
    samples: Sequence[PersonSample],
    threshold: float,
) -> DetectionScore:
    """As `score_people`, of anything that takes a network's two inputs to scores and distances."""
    hits = wrong = people = 0
    for sample in samples:
        score, ltrb = answers(*to_planes(*sample.pictures()))
        xyxy, _ = boxes_of(score, ltrb, threshold)
        counts = _compare(xyxy, sample)
        hits, wrong, people = hits + counts[0], wrong + counts[1], people + counts[2]
    return DetectionScore(hits / max(hits + wrong, 1), hits / max(people, 1))


def _compare(xyxy: np.ndarray, sample: PersonSample) -> tuple[int, int, int]:
    """People found, answers that are nobody, people there."""
    tall = sample.xyxy[:, 3] - sample.xyxy[:, 1] >= _LEAST_HEIGHT_PX
    wanted = sample.xyxy[~sample.ignored & tall]
    spared = sample.xyxy[sample.ignored | ~tall]
    free = np.ones(len(wanted), np.bool_)
    hits = wrong = 0
    for box, shared in zip(xyxy, iou(xyxy, wanted), strict=True):
        best = int(np.argmax(shared * free)) if len(wanted) else -1
        if best >= 0 and free[best] and shared[best] >= 0.5:
            free[best] = False
            hits += 1
        elif not (box[3] - box[1] < _LEAST_HEIGHT_PX or (len(spared) and iou(box[None], spared).max() > 0.2)):
            wrong += 1
    return hits, wrong, len(wanted)


def _tensors(crops: Sequence[Crop], device: torch.device) -> tuple[Tensor, Tensor]:
    image = torch.from_numpy(np.stack([crop.image for crop in crops])).to(device).permute(0, 3, 1, 2)
    motion = torch.from_numpy(np.stack([crop.motion for crop in crops])).to(device)
    return image.float().contiguous(memory_format=torch.channels_last), motion.float()
