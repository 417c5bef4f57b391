"""Frames that are lost to damage: which they are, and how that is said."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import av
from av.packet import Packet
from av.video.stream import VideoStream

NAMED = 3
# More packets than any decoder holds back: what goes in beyond them without a frame is not noted.
MAX_WAITING = 2**16


@dataclass(frozen=True, slots=True)
class Loss:
    """Frames in a row that could not be decoded.

    Attributes:
        after_s: time of the last frame before them; None at the start of the video.
        until_s: time of the first frame after them; None at its end.
        count: how many; at least so many where the file does not tell.
    """

    after_s: float | None
    until_s: float | None
    count: int


@dataclass(slots=True)
class LossCounter:
    """Told of every packet that goes into a decoder and of every frame that comes out, finds those that do not.

    A packet without a frame is no loss in itself: some codecs have packets that are not shown. It is one where the
    decoder, or the demuxer, has complained since the last whole frame.
    """

    _waiting: set[int] = field(default_factory=set)
    _complaints: int = 0

    def sent(self, packet: "Packet[VideoStream]") -> None:
        """A packet goes in."""
        if packet.pts is not None and not packet.is_discard and len(self._waiting) < MAX_WAITING:
            self._waiting.add(packet.pts)

    def complained(self) -> None:
        """Something was wrong with a packet or a frame."""
        self._complaints += 1

    def came(self, frame: av.VideoFrame) -> int:
        """Frames lost just before this one, which is whole."""
        if frame.pts is None:
            return self._settle(None)
        self._waiting.discard(frame.pts)
        return self._settle({pts for pts in self._waiting if pts < frame.pts})

    def ended(self) -> int:
        """Frames lost since the last one, when nothing more will come."""
        return self._settle(set(self._waiting) or None)

    def _settle(self, missing: set[int] | None) -> int:
        complaints = self._complaints
        if missing is None:
            self._complaints = 0
            return complaints
        if not missing:
            return 0
        self._complaints = 0
        self._waiting -= missing
        return len(missing) if complaints else 0


def describe_losses(losses: Sequence[Loss]) -> list[str]:
    """One plain sentence on all of them, or none."""
    if not losses:
        return []
    total = sum(loss.count for loss in losses)
    places = [_place(loss) for loss in losses[:NAMED]]
    if len(losses) > NAMED:
        places.append(f"in {len(losses) - NAMED} more places")
    return [f"The file is damaged: {_frames(total)} could not be decoded, {', '.join(places)}."]


def _place(loss: Loss) -> str:
    if loss.until_s is None:
        return f"{loss.count} at the end"
    if loss.after_s is None:
        return f"{loss.count} at the start"
    return f"{loss.count} between {loss.after_s:.2f} s and {loss.until_s:.2f} s"


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"
