"""The best paths through ball candidates: second-order dynamic programming with a state for "no ball"."""

from dataclasses import dataclass, fields

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
    """The best partial paths that end in each of n nodes: (n, kept), unordered, -inf where there is none.

    Attributes:
        row: (n,), the node's frame.
        node: (n,), its number.
        begun: (n,), log weight of a path that begins there.
        value: log weight of each path.
        velocity: (n, kept, 2), of its last step.
        step_s: what that took.
        edge: number of that step.
    """

    row: Ints
    node: Ints
    begun: Floats
    value: Floats
    velocity: Floats
    step_s: Floats
    edge: Ints


def _joined(parts: list[_Incoming]) -> _Incoming:
    return _Incoming(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(_Incoming)))


def best_paths(nodes: Nodes, time_s: Floats, model: PathModel) -> list[Ints]:
    """Node numbers of each path, in order of time; paths do not overlap in time. Frames between them show no ball."""
    return _Search(nodes, time_s, model).run()


class _Search:
    def __init__(self, nodes: Nodes, time_s: Floats, model: PathModel) -> None:
        self._nodes, self._time_s, self._model = nodes, time_s, model
        self._starts = np.searchsorted(nodes.row, np.arange(len(time_s) + 1))
        self._window: list[_Incoming] = []
        # How likely each node looks on anything else, and on what has looked so before, as a share of a ball.
        self._unlike, self._unlike_again = np.exp(-nodes.looks), np.exp(-np.minimum(nodes.looks, 0))
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
            while self._window and self._time_s[row] - self._time_s[self._window[0].row[0]] > self._model.max_gap_s:
                self._window.pop(0)
        return self._trace()

    def _close(self, row: int, incoming: _Incoming) -> None:
        best = int(np.argmax(incoming.value))
        if incoming.value.flat[best] + self._model.begin > self._null_value[row + 1]:
            self._null_value[row + 1] = incoming.value.flat[best] + self._model.begin
            self._null_edge[row + 1] = incoming.edge.flat[best]
            self._null_xy[row + 1] = self._nodes.xy[incoming.node[best // _KEEP]]
            self._null_time_s[row + 1] = self._time_s[row]

    def _arrive(self, row: int) -> _Incoming | None:
        """All edges into the nodes of a frame, the best kept."""
        first, end = self._starts[row], self._starts[row + 1]
        if first == end:
            return None
        count = int(end - first)
        value, velocity = np.full((count, _KEEP), -np.inf), np.zeros((count, _KEEP, 2))
        step_s, edge = np.ones((count, _KEEP)), np.full((count, _KEEP), -1)
        if self._window:
            source = _joined(self._window)
            value_of, step, dt, previous = self._edges_from(source, row, first, end)
            keep = np.broadcast_to(np.arange(len(source.node)), value_of.shape)
            if keep.shape[1] > _KEEP:
                keep = np.argpartition(-value_of, _KEEP - 1, axis=1)[:, :_KEEP]
            kept = slice(keep.shape[1])
            value[:, kept] = np.take_along_axis(value_of, keep, axis=1)
            velocity[:, kept] = np.take_along_axis(step / dt[:, None], keep[..., None], axis=1)
            step_s[:, kept] = dt[keep]
            edge[:, kept] = self._record(source.node[keep], first, np.take_along_axis(previous, keep, axis=1))
        begun = self._begun(row, first, end)
        return _Incoming(np.full(count, row), np.arange(first, end), begun, value, velocity, step_s, edge)

    def _begun(self, row: int, first: int, end: int) -> Floats:
        """Log weight of a path that begins in each node of a frame."""
        model = self._model
        here = slice(first, end)
        false = (
            self._nodes.clutter[here] * self._unlike[here] + self._nodes.still_density[here] * self._unlike_again[here]
        )
        result: Floats = self._null_value[row] + model.begin + self._jump(row, self._nodes.xy[here])
        result -= model.frame_weight * np.log(false)
        return result

    def _edges_from(self, source: _Incoming, row: int, first: int, end: int) -> tuple[Floats, Floats, Floats, Ints]:
        """Edges from earlier nodes to those of a frame, (here, there), each after its best predecessor.

        Returns:
            Log weight of the best path that ends with each; its (here, there, 2) step, its time, (there,), and the
            edge before it, -1 for none.
        """
        model, nodes = self._model, self._nodes
        here = slice(first, end)
        dt = self._time_s[row] - self._time_s[source.row]
        step = nodes.xy[here, None] - nodes.xy[source.node]
        length = np.hypot(step[..., 0], step[..., 1])
        weight = model.frame_weight
        passing = weight * model.miss * (row - source.row - 1)
        again = self._worn(source.node, first, end, dt) + nodes.still_density[here, None]
        false = self._clutter(nodes.clutter[here], length, dt) * self._unlike[here, None]
        false = false + again * self._unlike_again[here, None]
        gain = passing - weight * np.log(false)
        begun = source.begun + weight * self._first_step(dt)
        through = source.value + self._motion(step, length, dt, source)  # (here, there, kept)
        best = through.argmax(axis=2)
        best_value = np.take_along_axis(through, best[..., None], axis=2)[..., 0]
        better = best_value > begun
        value = np.where(better, best_value, begun)
        previous = np.where(better, source.edge[np.arange(len(source.node)), best], -1)
        value = np.where(length <= model.max_speed_px_s * dt, value + gain, -np.inf)
        return value, step, dt, previous

    def _jump(self, row: int, xy: Floats) -> Floats:
        """Log weight of a path that begins at each of `xy`: there is one ball, and it takes time to get anywhere."""
        length = np.hypot(*(xy - self._null_xy[row]).T)
        reach = self._model.max_speed_px_s * (self._time_s[row] - self._null_time_s[row])
        return np.where(length > reach, self._model.jump, 0.0)

    def _clutter(self, clutter: Floats, length: Floats, dt: Floats) -> Floats:
        """Density of false candidates at each node, given one where the step begins: some stay on their limb."""
        variance = (self._model.clutter_speed_px_s * dt) ** 2
        stays = self._model.clutter_stays * np.exp(-0.5 * length**2 / variance) / (2 * np.pi * variance)
        result: Floats = clutter[:, None] + stays
        return result

    def _worn(self, there: Ints, first: int, end: int, dt: Floats) -> Floats:
        """Density of false candidates that move along with the player the step begins on, as shoes do, (here, there).

        What looked like a ball there looks like one again: good looks say nothing more.
        """
        if self._nodes.body_xy is None:
            return np.zeros((end - first, len(there)))
        step = self._nodes.body_xy[first:end, None] - self._nodes.body_xy[there]
        variance = (self._model.worn_speed_px_s * dt) ** 2
        density = self._model.worn_stays * np.exp(-0.5 * (step**2).sum(axis=2) / variance) / (2 * np.pi * variance)
        result: Floats = np.where(np.isfinite(density), density, 0.0)
        return result

    def _first_step(self, dt: Floats) -> Floats:
        """Log density of the second candidate of a path: anywhere a ball may get."""
        result: Floats = -np.log(np.pi * (0.5 * self._model.max_speed_px_s * dt) ** 2)
        return result

    def _motion(self, step: Floats, length: Floats, dt: Floats, source: _Incoming) -> Floats:
        """Log density of a step after the step before it: near constant velocity, or a contact."""
        model = self._model
        ratio = dt[:, None] / source.step_s
        expected = source.velocity * dt[:, None, None]
        miss = step[:, :, None] - expected
        sigma2 = model.position_px**2 * (1 + (1 + ratio) ** 2 + ratio**2)
        sigma2 = sigma2 + (0.5 * model.acceleration_px_s2 * dt[:, None] * (dt[:, None] + source.step_s)) ** 2
        sigma2 = sigma2 + (model.step_share * length[..., None]) ** 2
        # A time that is off shifts a ball along its way.
        expected2 = (expected**2).sum(axis=-1)
        along2 = sigma2 + model.time_share**2 * expected2
        off = (miss * expected).sum(axis=-1) ** 2 / np.maximum(expected2, 1e-9)
        aside = np.maximum((miss**2).sum(axis=-1) - off, 0)
        smooth = -0.5 * (off / along2 + aside / sigma2) - np.log(2 * np.pi * np.sqrt(sigma2 * along2))
        contact = model.contact + model.frame_weight * self._first_step(dt)
        result: Floats = np.maximum(model.frame_weight * smooth, contact[:, None])
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
