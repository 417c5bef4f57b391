"""Detection stages that are due in the same run go through the frames of a clip together: it is decoded once.

They stay pipelines of their own. The one that comes first takes the other along, which finds its results current when
its turn comes, or does what is left.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tennalytix.datasets.detector import LoadedDetector

ToTable = Callable[[Sequence[int], Sequence[Any]], Any]
"""Makes a table of frame indices and the answers for these frames."""


@dataclass(frozen=True, slots=True)
class FrameStage:
    """A stage whose detector answers frame by frame.

    Attributes:
        name: of the stage.
        version: of its code; a new one makes all results anew.
        to_table: a function of a module, so that workers find it.
    """

    name: str
    version: int
    to_table: ToTable


@dataclass(frozen=True, slots=True)
class Beside:
    """A stage that another takes along.

    Attributes:
        stage: what it is.
        detector: its own.
        save: stores its tables by clip id.
        stored: fingerprints of its tables in storage by clip id.
    """

    stage: FrameStage
    detector: LoadedDetector
    save: Callable[[dict[str, Any]], None]
    stored: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Companions:
    """Which nodes of a run can go together, and what became of those that were taken along.

    Attributes:
        stages: by the function of a node that takes `clips`, `detector`, `stored` and `parallel`, in this order.
    """

    stages: Mapping[Any, FrameStage]
    _waiting: list[Any] = field(default_factory=list, init=False)
    _stored_before: dict[str, Mapping[str, str]] = field(default_factory=dict, init=False)

    def start(self, nodes: Iterable[Any]) -> None:
        """A run of these nodes begins, one after the other."""
        self._waiting = [node for node in nodes if node.func in self.stages]
        self._stored_before = {}

    def take(self, node: Any, catalog: Any) -> Beside | None:
        """The stage that this node takes along, None if there is none; called when its turn comes.

        What cannot be loaded is not taken along: its own turn tells why.
        """
        if node not in self._waiting:
            return None
        self._waiting.remove(node)
        same = [other for other in self._waiting if other.inputs[0] == node.inputs[0]]
        if not same:
            return None
        other = same[0]
        _, detector, stored, _ = other.inputs
        try:
            before = catalog.load(stored)
            beside = Beside(self.stages[other.func], catalog.load(detector), catalog[other.outputs[0]].save, before)
        except Exception:
            return None
        self._stored_before[other.name] = before
        return beside

    def made(self, node: Any, inputs: Mapping[str, Any]) -> frozenset[str]:
        """Clips whose results were made while this node was taken along, by what is stored now, one of its inputs."""
        before = self._stored_before.get(node.name)
        if before is None:
            return frozenset()
        stored: Mapping[str, str] = inputs[node.inputs[2]]
        return frozenset(name for name, fingerprint in stored.items() if before.get(name) != fingerprint)
