"""Videos in remote storage, read like those on the local disk."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from tennalytix.core.tables import FrameTable
from tennalytix.datasets.video_cache import RemoteVideo, VideoCache
from tennalytix.video.frame import Frame
from tennalytix.video.info import VideoInfo
from tennalytix.video.losses import Loss
from tennalytix.video.source import STALL_S, ShownFrame, VideoSource

T = TypeVar("T")


class RemoteVideoSource(VideoSource):
    """A picklable handle on a remote video; it is copied to the cache when it is first read, and again if it had to go.

    Attributes:
        video: where it is.
        cache: where its copy is.
    """

    __slots__ = ("cache", "video")
    video: RemoteVideo
    cache: VideoCache

    def __init__(
        self, video: RemoteVideo, cache: VideoCache, thread_count: int = 2, shown_s: float | None = None
    ) -> None:
        object.__setattr__(self, "video", video)
        object.__setattr__(self, "cache", cache)
        object.__setattr__(self, "thread_count", thread_count)
        object.__setattr__(self, "stall_s", STALL_S)
        object.__setattr__(self, "shown_s", shown_s)
        self.__post_init__()

    @property
    def path(self) -> str:  # A field there, worked out here.
        """Of the local copy, which exists from then on."""
        return self.cache.copy_of(self.video)

    def showing(self, shown_s: float) -> "RemoteVideoSource":
        """As for any video."""
        return RemoteVideoSource(self.video, self.cache, self.thread_count, shown_s)

    def probe(self) -> VideoInfo:
        """As for any video."""
        with self.cache.held(self.video):
            return super().probe()

    def frames(self, table: FrameTable | None = None) -> Iterator[Frame]:
        """As for any video."""
        return self._held(super().frames(table))

    def frames_at(self, table: FrameTable, frame_indices: Sequence[int]) -> Iterator[Frame]:
        """As for any video."""
        return self._held(super().frames_at(table, frame_indices))

    def timed(self, losses: list[Loss] | None = None) -> Iterator[ShownFrame]:
        """As for any video."""
        return self._held(super().timed(losses))

    def sha256(self) -> str:
        """As for any video."""
        with self.cache.held(self.video):
            return super().sha256()

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """A copy does not change; none is removed meanwhile."""
        with self.cache.held(self.video):
            yield

    def _held(self, items: Iterator[T]) -> Iterator[T]:
        """The same items; no run removes the copy while they are read."""
        with self.cache.held(self.video):
            yield from items

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.video, self.cache, self.thread_count, self.shown_s)

    def __repr__(self) -> str:
        return f"RemoteVideoSource({self.video.url!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemoteVideoSource) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        return self.video.url, self.video.version, self.thread_count, self.shown_s
