"""Samples from rendered rallies: exact boxes of everybody, in light and on courts that no footage has."""

from collections.abc import Iterator
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.boxes import resized
from tennalytix.detectors.people_network_input import DIFFERENCE_RANGE_S, Look, look_at, network_size
from tennalytix.synthetic.crowd_regions import crowd_mask
from tennalytix.synthetic.render import RenderedRally, render_rally
from tennalytix.synthetic.scenery import random_options
from tennalytix.synthetic.truth import FrameTruth
from tennalytix.training.people_samples import PersonSample, pack_sample
from tennalytix.video.frame import Frame

_LEAST_VISIBLE = 0.5
"""Somebody hidden more than this is neither demanded nor forbidden."""
_CELL_PX = 16
"""Regions of spectators are told as boxes of this height."""


def sample_rendered(seed: int, count: int) -> Iterator[PersonSample]:
    """Samples of one scene drawn at random, `count` of them; the same seed gives the same."""
    rng = np.random.default_rng([seed, 11])
    rally = render_rally(random_options(seed, size_wh=(960, 540) if rng.random() < 0.6 else None))
    for index in sorted(rng.choice(len(rally), min(count, len(rally)), replace=False).tolist()):
        yield _sample(rally, index, f"rendered_{seed:05d}", rng)


def _sample(rally: RenderedRally, index: int, source: str, rng: np.random.Generator) -> PersonSample:
    look, truth = _look(rally, index)
    others = tuple(_other(rally, index, direction, rng) for direction in (-1, 1))
    xyxy, ignored = _people(truth, rally.options.size_wh)
    return pack_sample(source, index, look, (others[0], others[1]), xyxy, ignored)


def _look(rally: RenderedRally, index: int) -> tuple[Look, FrameTruth]:
    image, truth = rally.pair(index)
    # The same place on the ground seen by the camera now and in the first frame: the truth of its motion.
    first = rally.frame_truth(0).court_view.court_from_image
    reference = np.linalg.inv(first) @ truth.court_view.court_from_image
    return look_at(Frame(index, truth.time_s, image, reference_from_image=reference / reference[2, 2])), truth


def _other(rally: RenderedRally, index: int, direction: int, rng: np.random.Generator) -> Look | None:
    rate = Fraction(rally.options.frame_rate)
    apart = direction * max(1, round(rng.uniform(*DIFFERENCE_RANGE_S) * float(rate)))
    return _look(rally, index + apart)[0] if 0 <= index + apart < len(rally) else None


def _people(truth: FrameTruth, size_wh: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Boxes in the network's picture, spectators on the stands as boxes to ignore."""
    people = [*truth.players, *truth.others]
    xyxy = np.array([person.xyxy for person in people]).reshape(-1, 4)
    hidden = np.array([person.visible_share < _LEAST_VISIBLE for person in people], dtype=np.bool_)
    crowd = _boxes_over(crowd_mask(truth.crowd, size_wh))
    both = np.concatenate([xyxy, crowd])
    ignored = np.concatenate([hidden, np.ones(len(crowd), np.bool_)])
    return resized(both, size_wh, network_size(size_wh)), ignored


def _boxes_over(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Boxes that cover a mask, one for every run of cells in a row of cells, (n, 4)."""
    size_wh = (-(-mask.shape[1] // _CELL_PX), -(-mask.shape[0] // _CELL_PX))
    cells = cv2.resize(mask.astype(np.uint8), size_wh, interpolation=cv2.INTER_AREA) > 0
    boxes = []
    for row, line in enumerate(cells):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], line, [False]]).astype(np.int8)))
        boxes += [(a, row, b, row + 1) for a, b in edges.reshape(-1, 2)]
    return np.array(boxes, dtype=np.float64).reshape(-1, 4) * _CELL_PX - 0.5
