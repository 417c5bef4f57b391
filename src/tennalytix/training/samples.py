"""What samples of all networks share: files of them, and drawing from many videos."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import numpy as np


class Sourced(Protocol):
    """A sample that knows the video or scene it was taken from."""

    @property
    def source(self) -> str:
        """Its name."""
        ...


S = TypeVar("S", bound=Sourced)
S_co = TypeVar("S_co", bound=Sourced, covariant=True)


@dataclass(frozen=True, eq=False, slots=True)
class SampleFile(Generic[S_co]):
    """Samples of one video or scene.

    Attributes:
        source: the video.
        sha256: of the file.
        samples: in it.
    """

    source: str
    sha256: str
    samples: Sequence[S_co] = field(repr=False)


def by_source(samples: Sequence[S]) -> list[list[S]]:
    """The samples of each source, so that a long video weighs no more than a short one."""
    sources: dict[str, list[S]] = {}
    for sample in samples:
        sources.setdefault(sample.source, []).append(sample)
    return list(sources.values())


def draw_one(pool: Sequence[Sequence[S]], rng: np.random.Generator) -> S:
    """A sample of a source, each source as likely as any other."""
    group = pool[int(rng.integers(len(pool)))]
    return group[int(rng.integers(len(group)))]
