"""Which frames of a decoder can be trusted, and which packets never became one."""

from collections import deque
from dataclasses import dataclass, field

import av
from av.packet import Packet
from av.video.stream import VideoStream

# More packets than any decoder holds back: what goes in beyond them without a frame is not noted.
MAX_WAITING = 2**12
# After so many packets without a key frame the picture is taken to have been renewed bit by bit.
LONGEST_GROUP = 300


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a loss just before a frame.

    Attributes:
        missing: packets that should have given a frame before it and did not.
        complained: the demuxer or the decoder found something wrong since the last frame.
    """

    missing: int
    complained: bool


@dataclass(slots=True)
class _Sent:
    order: int
    pts: int
    is_key: bool
    leads: bool
    spoilt: bool


@dataclass(slots=True)
class DamageWatch:
    """Told of every packet that goes into a decoder and of every frame that comes out.

    Frames that build on a damaged one show what was elsewhere or earlier, and no decoder marks them: from a damaged
    packet on none is used until the next key frame. Frames that are sent after a key frame and shown before it lean on
    what lies before it too, and nothing leans on them.

    Attributes:
        delay: packets that a decoder with several threads has taken in when it complains about one.
    """

    delay: int
    _waiting: deque[_Sent] = field(default_factory=deque)
    _order: int = 0
    _spoilt_from: int | None = None
    _key_pts: int | None = None
    _leading_spoilt: bool = False
    _complained: bool = False
    _timed: bool = False

    def sent(self, packet: "Packet[VideoStream]", before_key: bool = False) -> None:
        """A packet goes in.

        Args:
            packet: this one.
            before_key: a key frame follows closely; a packet that is marked as corrupt may then be whole, and mark the
                place where recordings were joined.
        """
        self._order += 1
        if packet.is_keyframe:
            self._leading_spoilt, self._spoilt_from = self._spoilt_from is not None, None
            self._key_pts = packet.pts
        elif self._spoilt_from is not None and self._order - self._spoilt_from > LONGEST_GROUP:
            self._spoilt_from = None
        if packet.pts is not None and not packet.is_discard:
            self._timed = True
            leads = self._key_pts is not None and packet.pts < self._key_pts
            spoilt = self._spoilt_from is not None or (leads and self._leading_spoilt)
            self._waiting.append(_Sent(self._order, packet.pts, packet.is_keyframe, leads, spoilt))
            if len(self._waiting) > MAX_WAITING:
                self._waiting.popleft()
        if packet.is_corrupt and not before_key:
            self._spoil(self._order)

    def failed(self) -> None:
        """The decoder refused a packet, or the demuxer could not read on."""
        self._spoil(max(1, self._order - self.delay))

    def is_whole(self, frame: av.VideoFrame) -> bool:
        """Whether a frame is as it was filmed: not made up in part, and not built on one that is."""
        if frame.is_corrupt:
            found = next((sent.order for sent in self._waiting if sent.pts == frame.pts), self._order)
            self._spoil(found)
            return False
        if frame.pts is None:
            return self._spoilt_from is None
        return not any(sent.pts == frame.pts and sent.spoilt for sent in self._waiting)

    def came(self, frame: av.VideoFrame) -> Evidence:
        """What is missing before a whole frame."""
        before = len(self._waiting)
        if frame.pts is not None:
            late = [sent for sent in self._waiting if sent.pts > frame.pts]
            here = sum(sent.pts == frame.pts for sent in self._waiting)
            self._waiting = deque(late)
            before -= len(late) + here
        return self._evidence(before if frame.pts is not None else 0)

    def ended(self) -> Evidence:
        """What is missing after the last frame."""
        missing = len(self._waiting)
        self._waiting.clear()
        return self._evidence(missing)

    def _evidence(self, missing: int) -> Evidence:
        complained, self._complained = self._complained, False
        return Evidence(max(missing, 0 if self._timed else int(complained)), complained)

    def _spoil(self, order: int) -> None:
        """Everything from this packet on, to the next key frame."""
        self._complained = True
        leads = any(sent.order == order and sent.leads for sent in self._waiting)
        for sent in self._waiting:
            if sent.order > order and sent.is_key:
                return
            sent.spoilt |= sent.order >= order and (sent.leads or not leads)
        if leads:
            self._leading_spoilt = True
        else:
            self._spoilt_from = order
