"""The person network in 8 bits, and how far it sees the same people."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tennalytix.core.boxes import iou
from tennalytix.detectors.onnx_session import Network, open_network
from tennalytix.detectors.people_network_boxes import boxes_of
from tennalytix.detectors.people_network_input import to_planes
from tennalytix.training.people_samples import PersonSample, Plane
from tennalytix.training.quantise import quantise

_PICTURES = 48
"""Enough that one more does not widen the ranges of activations."""
_SEEN, _SAME = 0.3, 0.5
"""Score above which somebody counts as seen, and overlap at which two boxes mean the same person."""


class Agreement(NamedTuple):
    """How far two networks see the same people in the same pictures, each a share; 1 where nobody is seen.

    Attributes:
        kept: of those the first sees, also seen by the second.
        added: of those the second sees, not seen by the first.
    """

    kept: float
    added: float


def small_people_network(content: bytes, samples: Sequence[PersonSample]) -> bytes:
    """The person network in 8 bits, activations measured on pictures spread over the samples.

    Raises:
        ValueError: there are no samples.
    """
    few = samples[:: max(1, len(samples) // _PICTURES)]
    feeds = (dict(zip(("image", "motion"), _inputs(sample), strict=True)) for sample in few)
    return quantise(content, feeds, keep_float=("score", "ltrb"))


def agreement(one: bytes, other: bytes, samples: Sequence[PersonSample]) -> Agreement:
    """How far two person networks, ONNX both, see the same people in these pictures."""
    networks = [_opened(content) for content in (one, other)]
    seen, kept, again, added = 0, 0, 0, 0
    for sample in samples:
        first, second = (_people(network, sample) for network in networks)
        overlap = iou(first, second) >= _SAME
        seen, kept = seen + len(first), kept + int(overlap.any(axis=1).sum())
        again, added = again + len(second), added + int((~overlap.any(axis=0)).sum())
    return Agreement(kept / seen if seen else 1.0, added / again if again else 0.0)


def _inputs(sample: PersonSample) -> tuple[Plane, Plane]:
    image, motion = to_planes(*sample.pictures())
    return image[None], motion[None]


def _people(network: Network, sample: PersonSample) -> np.ndarray:
    score, ltrb = network.run(*_inputs(sample))
    return boxes_of(score[0], ltrb[0], _SEEN)[0]


def _opened(content: bytes) -> Network:
    return open_network(
        content,
        inputs=((None, 3, None, None), (None, 2, None, None)),
        outputs=((None, None, None), (None, 4, None, None)),
        device="cpu",
    )
