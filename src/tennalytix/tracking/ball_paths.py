"""The best paths through ball candidates: second-order dynamic programming with a state for "no ball"."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tennalytix.tracking.ball_nodes import Nodes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PathModel:
    """How a ball moves. Lengths in pixels of a picture with the diagonal of 1280x720, costs in nats.

    Attributes:
        max_speed_px_s: no ball is faster.
        max_gap_s: longest stretch bridged without a candidate.
        position_px: error of a candidate's position.
        acceleration_px_s2: typical acceleration between contacts: gravity, drag, perspective.
        step_share: error of the middle of a streak, as a share of the step.
        time_share: error of the time from frame to frame, as a share of it.
        contact: log weight of a sudden change of velocity, a hit or a bounce, spread over the area it may lead to.
        miss: log probability of no candidate on the ball in a frame.
        frame_weight: what a frame counts, (0, 1]: frames in quick succession say much the same.
        begin: log weight of a path's beginning and end.
        jump: log weight of a path that begins where no ball can have got from the end of the path before.
        clutter_speed_px_s: false candidates on limbs and the like move about so fast from frame to frame.
        clutter_stays: share of false candidates that do so.
        worn_speed_px_s: how fast things on a player move against the player's box.
        worn_stays: share of false candidates on a player that stay on it.
    """

    max_speed_px_s: float = 2200.0
    max_gap_s: float = 0.25
    position_px: float = 1.0
    acceleration_px_s2: float = 1200.0
    step_share: float = 0.04
    time_share: float = 0.0
    contact: float = -5.0
    miss: float = -1.5
    frame_weight: float = 1.0
    begin: float = -7.0
    jump: float = -25.0
    clutter_speed_px_s: float = 200.0
    clutter_stays: float = 0.5
    worn_speed_px_s: float = 150.0
    worn_stays: float = 0.5


_KEEP = 10


@dataclass(slots=True)
class _Incoming:
    """The best partial paths that end in each node of one frame: (nodes, kept), unordered, -inf where there is none."""

    row: int
    first: int
    value: Floats
    velocity: Floats
    step_s: Floats
    edge: Ints


def best_paths(nodes: Nodes, time_s: Floats, model: PathModel) -> list[Ints]:
    """Node numbers of each path, in order of time; paths do not overlap in time. Frames between them show no ball."""
    return _Search(nodes, time_s, model).run()


class _Search:
    def __init__(self, nodes: Nodes, time_s: Floats, model: PathModel) -> None:
        self._nodes, self._time_s, self._model = nodes, time_s, model
        self._starts = np.searchsorted(nodes.row, np.arange(len(time_s) + 1))
        self._window: list[_Incoming] = []
        # One entry an edge: its two nodes and the edge before it (-1: the path begins here, after `_null_edge`).
        self._edges: list[tuple[NDArray[np.int32], ...]] = []
        self._edge_count = 0
        self._null_value = np.zeros(len(time_s) + 1)
        self._null_edge = np.full(len(time_s) + 1, -1)
        # Where and when the last path before a frame ended, on the best way to have no ball there.
        self._null_xy = np.full((len(time_s) + 1, 2), np.nan)
        self._null_time_s = np.full(len(time_s) + 1, -np.inf)

    def run(self) -> list[Ints]:
        for row in range(len(self._time_s)):
            incoming = self._arrive(row)
            for kept in (self._null_value, self._null_edge, self._null_xy, self._null_time_s):
                kept[row + 1] = kept[row]
            if incoming is not None:
                self._close(row, incoming)
                self._window.append(incoming)
            while self._window and self._time_s[row] - self._time_s[self._window[0].row] > self._model.max_gap_s:
                self._window.pop(0)
        return self._trace()

    def _close(self, row: int, incoming: _Incoming) -> None:
        best = int(np.argmax(incoming.value)) if incoming.value.size else -1
        if best >= 0 and incoming.value.flat[best] + self._model.begin > self._null_value[row + 1]:
            self._null_value[row + 1] = incoming.value.flat[best] + self._model.begin
            self._null_edge[row + 1] = incoming.edge.flat[best]
            self._null_xy[row + 1] = self._nodes.xy[incoming.first + best // incoming.value.shape[1]]
            self._null_time_s[row + 1] = self._time_s[row]

    def _arrive(self, row: int) -> _Incoming | None:
        """All edges into the nodes of a frame, the best kept."""
        first, end = self._starts[row], self._starts[row + 1]
        if first == end:
            return None
        columns = [self._from(source, row, first, end) for source in self._window]
        value, velocity, step_s, tail, previous = (
            (np.concatenate(c, axis=1) for c in zip(*columns, strict=True)) if columns else _nothing(end - first)
        )
        if value.shape[1] > _KEEP:
            keep = np.argpartition(-value, _KEEP - 1, axis=1)[:, :_KEEP]
            value, step_s, tail, previous = (
                np.take_along_axis(a, keep, axis=1) for a in (value, step_s, tail, previous)
            )
            velocity = np.take_along_axis(velocity, keep[..., None], axis=1)
        edge = self._record(tail, first, previous)
        return _Incoming(row, int(first), value, velocity, step_s, edge)

    def _from(self, source: _Incoming, row: int, first: int, end: int) -> tuple[Floats, Floats, Floats, Ints, Ints]:
        """Edges from the nodes of an earlier frame to those of this one, each after its best predecessor."""
        model, nodes = self._model, self._nodes
        dt = self._time_s[row] - self._time_s[source.row]
        here = nodes.xy[first:end]
        there = nodes.xy[source.first : source.first + len(source.value)]
        step = here[:, None] - there[None]  # (here, there, 2)
        length = np.hypot(step[..., 0], step[..., 1])
        weight = model.frame_weight
        passing = weight * model.miss * (row - source.row - 1)
        looks = nodes.looks[first:end, None]
        again = self._worn(source, first, end, dt) + nodes.still_density[first:end, None]
        false = self._clutter(nodes.clutter[first:end], length, dt) * np.exp(-looks)
        false = false + again * np.exp(-np.minimum(looks, 0))
        gain = passing - weight * np.log(false)
        origin = slice(source.first, source.first + len(there))
        first_false = nodes.clutter[origin] * np.exp(-nodes.looks[origin])
        first_false += nodes.still_density[origin] * np.exp(-np.minimum(nodes.looks[origin], 0))
        first_gain = -weight * np.log(first_false)
        begun = self._null_value[source.row] + model.begin + self._jump(source.row, there)
        begun = np.broadcast_to((begun + first_gain)[None] + weight * self._first_step(dt), length.shape)
        value, previous = begun, np.full(length.shape, -1)
        if source.value.shape[1]:
            through = source.value[None] + self._motion(step, length, dt, source)  # (here, there, kept)
            best = through.argmax(axis=2)
            best_value = np.take_along_axis(through, best[..., None], axis=2)[..., 0]
            better = best_value > begun
            value = np.where(better, best_value, begun)
            edge_before = source.edge[np.arange(len(there))[None], best]
            previous = np.where(better, edge_before, -1)
        value = np.where(length <= model.max_speed_px_s * dt, value + gain, -np.inf)
        tail = np.broadcast_to(source.first + np.arange(len(there))[None], value.shape)
        return value, step / dt, np.full(value.shape, dt), tail, previous

    def _jump(self, row: int, xy: Floats) -> Floats:
        """Log weight of a path that begins at each of `xy`: there is one ball, and it takes time to get anywhere."""
        length = np.hypot(*(xy - self._null_xy[row]).T)
        reach = self._model.max_speed_px_s * (self._time_s[row] - self._null_time_s[row])
        return np.where(length > reach, self._model.jump, 0.0)

    def _clutter(self, clutter: Floats, length: Floats, dt: float) -> Floats:
        """Density of false candidates at each node, given one where the step begins: some stay on their limb."""
        variance = (self._model.clutter_speed_px_s * dt) ** 2
        stays = self._model.clutter_stays * np.exp(-0.5 * length**2 / variance) / (2 * np.pi * variance)
        result: Floats = clutter[:, None] + stays
        return result

    def _worn(self, source: _Incoming, first: int, end: int, dt: float) -> Floats:
        """Density of false candidates that move along with the player the step begins on, as shoes do, (here, there).

        What looked like a ball there looks like one again: good looks say nothing more.
        """
        there = slice(source.first, source.first + len(source.value))
        if self._nodes.body_xy is None:
            return np.zeros((end - first, len(source.value)))
        step = self._nodes.body_xy[first:end, None] - self._nodes.body_xy[None, there]
        variance = (self._model.worn_speed_px_s * dt) ** 2
        density = self._model.worn_stays * np.exp(-0.5 * (step**2).sum(axis=2) / variance) / (2 * np.pi * variance)
        result: Floats = np.where(np.isfinite(density), density, 0.0)
        return result

    def _first_step(self, dt: float) -> float:
        """Log density of the second candidate of a path: anywhere a ball may get."""
        return -float(np.log(np.pi * (0.5 * self._model.max_speed_px_s * dt) ** 2))

    def _motion(self, step: Floats, length: Floats, dt: float, source: _Incoming) -> Floats:
        """Log density of a step after the step before it: near constant velocity, or a contact."""
        model = self._model
        before_s = np.where(np.isfinite(source.value), source.step_s, 1.0)
        ratio = dt / before_s
        miss = step[:, :, None] - source.velocity[None] * dt
        sigma2 = model.position_px**2 * (1 + (1 + ratio) ** 2 + ratio**2)
        sigma2 = sigma2 + (0.5 * model.acceleration_px_s2 * dt * (dt + before_s)) ** 2
        sigma2 = sigma2[None] + (model.step_share * length[..., None]) ** 2
        expected = source.velocity[None] * dt
        # A time that is off shifts a ball along its way.
        along2 = sigma2 + model.time_share**2 * (expected**2).sum(axis=-1)
        off = (miss * expected).sum(axis=-1) ** 2 / np.maximum((expected**2).sum(axis=-1), 1e-9)
        aside = np.maximum((miss**2).sum(axis=-1) - off, 0)
        smooth = -0.5 * (off / along2 + aside / sigma2) - np.log(2 * np.pi * np.sqrt(sigma2 * along2))
        result: Floats = np.maximum(
            model.frame_weight * smooth, model.contact + model.frame_weight * self._first_step(dt)
        )
        return result

    def _record(self, tail: Ints, here: int, previous: Ints) -> Ints:
        """Numbers for the kept edges into a frame's nodes; four bytes an entry, since a long clip has many."""
        head = np.broadcast_to(here + np.arange(len(tail))[:, None], tail.shape)
        self._edges.append(tuple(column.ravel().astype(np.int32) for column in (tail, head, previous)))
        numbers = self._edge_count + np.arange(tail.size).reshape(tail.shape)
        self._edge_count += tail.size
        return numbers

    def _trace(self) -> list[Ints]:
        if not self._edges:
            return []
        tail, head, previous = (np.concatenate(column) for column in zip(*self._edges, strict=True))
        paths: list[Ints] = []
        edge = int(self._null_edge[-1])
        while edge >= 0:
            path = [int(head[edge]), int(tail[edge])]
            while previous[edge] >= 0:
                edge = int(previous[edge])
                path.append(int(tail[edge]))
            paths.append(np.array(path[::-1]))
            edge = int(self._null_edge[self._nodes.row[path[-1]]])
        return paths[::-1]


def _nothing(count: int) -> tuple[Floats, Floats, Floats, Ints, Ints]:
    none = np.zeros((count, 0), dtype=np.int64)
    return np.zeros((count, 0)), np.zeros((count, 0, 2)), np.zeros((count, 0)), none, none
