"""The network that reads hits and bounces off the ball's path, from labelled paths (docs/training.md).

python tools/train_events.py labels/tracknet --out events.npz
python tools/train_events.py labels/tracknet --out scratch.npz --held-out 'game[6-9]_*' 'game10_*'

Labels are files of a rally each, 30 pictures a second of 1280x720: `ball.csv` as in docs/metrics.md, or the TrackNet
data set's.
"""

import argparse
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import BallTrajectory, FrameTable
from tennalytix.metrics.label_formats import read_ball_file
from tennalytix.tracking import event_net
from tennalytix.tracking.event_kinks import Kinks, find_kinks
from tennalytix.tracking.event_net import EventNet, path_inputs
from tennalytix.tracking.events import find_events

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RATE, WIDTH, HEIGHT = 30.0, 1280, 720
NOTHING, NEAR_HIT, FAR_HIT, BOUNCE = range(4)
NEAR_S = 0.036
"""An instant this near to a labelled frame is of its kind."""
TOLERANCE = 2
Rally = tuple[Floats, Floats, Ints]
"""Times of the frames with the ball in the picture, places, and what happens: 1 a hit, 2 a bounce."""


def read_rally(path: Path) -> Rally:
    """The ball as labelled, where it is in the picture: many a hit hides it, and is labelled all the same."""
    labels = read_ball_file(path)
    inside = np.isfinite(labels.xy).all(axis=1)
    return labels.frame_index[inside] / RATE, labels.xy[inside], labels.status[inside]


def varied(rally: Rally, rng: np.random.Generator) -> Rally:
    """As another camera, another frame rate and a detector that misses the ball now and then would show it."""
    time_s, xy, status = rally
    xy = xy + rng.normal(0, rng.choice([0.3, 0.7, 1.2]), xy.shape)
    if rng.random() < 0.5:
        xy[:, 0] = WIDTH - xy[:, 0]
    xy *= rng.uniform((0.8, 0.5), (1.2, 1.15))
    keep = np.ones(len(xy), np.bool_)
    for _ in range(rng.integers(0, 4)):
        first = rng.integers(0, len(xy))
        keep[first : first + rng.integers(1, 4)] = False
    keep |= status > 0
    time_s, xy, status = time_s[keep], xy[keep], status[keep]
    if rng.random() < 0.4:
        time_s, xy, status = _at_rate(time_s, xy, status, float(rng.choice([24, 25, 50, 60])), rng)
    return time_s * rng.uniform(0.85, 1.15), xy, status


def _at_rate(time_s: Floats, xy: Floats, status: Ints, rate: float, rng: np.random.Generator) -> Rally:
    shown_s = np.arange(time_s[0], time_s[-1], 1 / rate)
    step = np.clip(np.searchsorted(time_s, shown_s), 1, len(time_s) - 1)
    places = np.stack([np.interp(shown_s, time_s, v) for v in xy.T], axis=1) + rng.normal(0, 0.3, (len(shown_s), 2))
    happens = np.zeros(len(shown_s), np.int64)
    for at in np.flatnonzero(status):
        happens[np.abs(shown_s - time_s[at]).argmin()] = status[at]
    keep = (time_s[step] - time_s[step - 1] < 0.1) | (happens > 0)
    return shown_s[keep], places[keep], happens[keep]


def examples(rallies: Sequence[Rally], rounds: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], Ints]:
    """Inputs and kinds of all instants; the first round shows the rallies as they are."""
    inputs, kinds = [], []
    for turn in range(rounds):
        for rally in rallies:
            time_s, xy, status = varied(rally, rng) if turn else rally
            for part in np.split(np.arange(len(time_s)), np.flatnonzero(np.diff(time_s) > 1) + 1):
                if len(part) < 8:
                    continue
                kinks = find_kinks(time_s[part], xy[part])
                low, high = np.quantile(xy[part, 1], [0.05, 0.95])
                span = max(high - low, 100.0)
                inputs.append(path_inputs(time_s[part], xy[part], kinks, low, span))
                kinds.append(_kinds(kinks, time_s[part], xy[part], status[part], low + span / 2))
    return np.concatenate(inputs), np.concatenate(kinds)


def _kinds(kinks: Kinks, time_s: Floats, xy: Floats, status: Ints, middle_y: float) -> Ints:
    kinds = np.full(len(kinks.time_s), NOTHING)
    for at in np.flatnonzero(status):
        kind = BOUNCE if status[at] == 2 else NEAR_HIT if xy[at, 1] > middle_y else FAR_HIT
        kinds[np.abs(kinks.contact_s - time_s[at]) <= NEAR_S] = kind
    return kinds


def train(inputs: NDArray[np.float32], kinds: Ints, passes: int, batch: int = 512) -> EventNet:
    """The network, by as many passes over all instants."""
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-3
    x = torch.from_numpy(np.clip((inputs - mean) / spread, -6, 6).astype(np.float32))
    y = torch.from_numpy(kinds)
    layers = [nn.Linear(x.shape[1], 64), nn.ReLU(), nn.Dropout(0.25), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4)]
    net = nn.Sequential(*layers)
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=2e-3)
    steps = passes * (len(x) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    for _ in range(passes):
        order = torch.randperm(len(x))
        for first in range(0, len(x) - batch + 1, batch):
            rows = order[first : first + batch]
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    linear = [layer for layer in layers if isinstance(layer, nn.Linear)]
    weights, biases = (tuple(getattr(k, n).detach().numpy() for k in linear) for n in ("weight", "bias"))
    return EventNet(mean, spread, weights, biases)


def save(net: EventNet, path: Path) -> None:
    """Stores the network's numbers, nothing else."""
    layers = {f"weight{k}": w for k, w in enumerate(net.weights)} | {f"bias{k}": b for k, b in enumerate(net.biases)}
    np.savez(path, allow_pickle=False, mean=net.mean, spread=net.spread, **layers)


def measure(net: EventNet, rallies: Sequence[Rally]) -> str:
    """F1 of the whole reading, without court and players, to within two frames."""
    event_net.shipped_net = lambda: net
    count = {"hit": np.zeros(3), "bounce": np.zeros(3)}
    for time_s, xy, status in rallies:
        index = np.round(time_s * RATE).astype(np.int64)
        every = np.arange(index[0], index[-1] + 1)
        still = np.broadcast_to(np.eye(3), (len(every), 3, 3))
        none = np.zeros(len(every), np.int64)
        frames = FrameTable(every, every / RATE, none.astype(np.bool_), none, still)
        ball = BallTrajectory(index, xy, np.ones(len(index)), np.zeros(len(index), np.bool_))
        events = find_events(ball, frames, CourtTrack(), [], (WIDTH, HEIGHT))
        for code, kind in ((1, "hit"), (2, "bounce")):
            left = index[status == code].tolist()
            for found in (e.frame_index for e in events if e.kind == kind):
                near = [true for true in left if abs(true - found) <= TOLERANCE]
                if near:
                    left.remove(min(near, key=lambda true: abs(true - found)))
                count[kind] += (1, 0, 0) if near else (0, 1, 0)
            count[kind][2] += len(left)
    return ", ".join(
        f"{kind}s F1 {2 * hit / (2 * hit + wrong + missed):.3f} ({hit:.0f} found, {wrong:.0f} false, {missed:.0f} not)"
        for kind, (hit, wrong, missed) in count.items()
    )


def main() -> None:
    """Reads the arguments, trains, writes the network and says how well it does on what was held out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held-out", nargs="+", default=[], help="patterns of names, not learnt from but measured on")
    parser.add_argument("--rounds", type=int, default=24, help="variations of each rally (%(default)s)")
    parser.add_argument("--passes", type=int, default=6, help="over all of them (%(default)s)")
    given = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    rallies = {path.stem: read_rally(path) for path in sorted(given.labels.glob("*.csv"))}
    rallies = {name: rally for name, rally in rallies.items() if len(rally[0]) >= 20}
    out = {name for name in rallies if any(fnmatch(name, pattern) for pattern in given.held_out)}
    learnt = [rally for name, rally in rallies.items() if name not in out]
    inputs, kinds = examples(learnt, given.rounds, np.random.default_rng(0))
    net = train(inputs, kinds, given.passes)
    save(net, given.out)
    print(f"{given.out}: learnt from {len(learnt)} rallies, {len(inputs)} instants")
    if out:
        print(f"on {len(out)} rallies held out, without court and players: {measure(net, [rallies[n] for n in out])}")


if __name__ == "__main__":
    main()
