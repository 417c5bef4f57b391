"""Samples of the ball from rendered rallies: exact places, on courts and in light that no footage has."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.ball_network_input import Look, look_at, moments, window
from tennalytix.synthetic.render import RenderedRally, render_rally
from tennalytix.synthetic.scenery import random_options
from tennalytix.synthetic.truth import CLEAR, HARD, FrameTruth
from tennalytix.training.ball_samples import SAMPLE_PX, BallSample
from tennalytix.video.frame import Frame

Floats = NDArray[np.float64]

_RUN_S = 0.4
"""Frames are rendered in runs: neighbours are moments of one another."""
_LEAST_VISIBLE = 0.4
"""A ball hidden more than this is left out."""
_EMPTY_PX = 80.0
_SERVE_S = 1.3
"""The first serve: before it there is no ball in play."""


def sample_rendered_balls(seed: int, count: int) -> Iterator[BallSample]:
    """Samples of `count` frames of one scene drawn at random; the same seed gives the same."""
    rng = np.random.default_rng([seed, 12])
    wanted = random_options(seed, size_wh=(1280, 720) if rng.random() < 0.7 else None)
    # Repeated frames are taken out before the network sees anything.
    rally = render_rally(replace(wanted, repeat_every=0, first_serve_s=_SERVE_S))
    earliest = round(_SERVE_S * float(rally.options.frame_rate))
    for first in rng.integers(earliest, max(earliest + 1, len(rally) - _frames(rally)), 2).tolist():
        yield from _run(rally, first, -(-count // 2), f"rendered_{seed:05d}", rng)


def _frames(rally: RenderedRally) -> int:
    return max(5, round(_RUN_S * float(rally.options.frame_rate)))


def _run(rally: RenderedRally, first: int, count: int, source: str, rng: np.random.Generator) -> Iterator[BallSample]:
    indices = range(first, min(first + _frames(rally), len(rally)))
    pairs = [_look(rally, index) for index in indices]
    looks = [look for look, _ in pairs]
    time_s, segment = [look.time_s for look in looks], [0] * len(looks)
    plans = [moments(time_s, segment, at) for at in range(len(looks))]
    whole = [at for at, plan in enumerate(plans) if None not in plan] or list(range(len(plans)))
    for at in sorted(rng.choice(whole, min(count, len(whole)), replace=False).tolist()):
        seen = [None if row is None else looks[row] for row in plans[at]]
        yield from _samples(seen, looks[at], pairs[at][1], source, indices[at], rng)


def _look(rally: RenderedRally, index: int) -> tuple[Look, FrameTruth]:
    image, truth = rally.pair(index)
    # The same place on the ground seen by the camera now and in the first frame: the truth of its motion.
    first = rally.frame_truth(0).court_view.court_from_image
    reference = np.linalg.inv(first) @ truth.court_view.court_from_image
    reference = reference / reference[2, 2]
    # A camera that stands still has exactly no motion.
    reference = np.eye(3) if np.allclose(reference, np.eye(3), atol=1e-6) else reference
    return look_at(Frame(index, truth.time_s, image, reference_from_image=reference)), truth


def _samples(
    seen: list[Look | None], now: Look, truth: FrameTruth, source: str, index: int, rng: np.random.Generator
) -> Iterator[BallSample]:
    if min(now.luma.shape) < SAMPLE_PX:
        return
    ball = np.full(2, np.nan) if truth.ball is None else now.to_look(truth.ball.xy)
    clear = truth.ball is not None and truth.ball.visibility in (CLEAR, HARD)
    clear = clear and truth.ball is not None and truth.ball.visible_share >= _LEAST_VISIBLE
    for place in [*([ball] if clear else []), *_elsewhere(now, truth, rng)]:
        windows, corner = window(seen, place, SAMPLE_PX)
        xy = ball - corner
        inside = bool(np.isfinite(xy).all() and ((xy > -0.5) & (xy < SAMPLE_PX - 0.5)).all())
        if inside and not clear:
            continue
        far = not np.isfinite(xy).all() or float(np.abs(xy - SAMPLE_PX / 2).max()) > _EMPTY_PX
        yield BallSample(source, index, windows, xy if inside else np.full(2, np.nan), bool(far))


def _elsewhere(now: Look, truth: FrameTruth, rng: np.random.Generator) -> list[Floats]:
    """Places on people, where shoes, hands and rackets move, and one anywhere."""
    people = [*truth.players, *truth.others]
    chosen = rng.choice(len(people), min(2, len(people)), replace=False).tolist() if people else []
    boxes = [now.to_look(people[k].xyxy.reshape(2, 2)) for k in chosen]
    around = [box[0] + rng.uniform(-0.2, 1.2, 2) * (box[1] - box[0]) for box in boxes]
    return [*around, rng.random(2) * now.luma.shape[::-1]]
