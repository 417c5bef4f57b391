"""What the header of an MP4 or MOV claims, looked at before FFmpeg reserves memory for it.

A header of a hundred bytes may claim a thousand million frames, for each of which a reader makes an entry. The layout
of the boxes is that of ISO/IEC 14496-12.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# Frames or samples of one track: 39 hours at 60 a second.
MAX_SAMPLES = 2**23
# Fewer take little memory; a file that was cut short may well lack the bytes for them.
HARMLESS_SAMPLES = 2**20
# Fragmented files have a few boxes a second.
MAX_BOXES = 200_000
PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"}
INDICES = {b"moov", b"moof", b"meta"}
ENCRYPTED = {b"encv"}
# Handlers by which FFmpeg tells what a track is. Those of the data, which MOV has besides, say where that lies.
MEDIA = {b"soun", b"vide", b"subp", b"clcp"}


@dataclass(frozen=True, slots=True)
class Claims:
    """What was found.

    Attributes:
        has_index: says where its frames lie; a recording that was cut off often does not.
        is_encrypted: its pictures are under a digital lock.
        samples: the most that a track claims and for which FFmpeg makes an entry each.
    """

    has_index: bool
    is_encrypted: bool
    samples: int

    def samples_are_credible(self, file_size: int) -> bool:
        """Whether a file of so many bytes may hold them, at one byte or more each."""
        return self.samples <= max(HARMLESS_SAMPLES, min(file_size, MAX_SAMPLES))


def read_claims(file: BinaryIO, file_size: int) -> Claims | None:
    """None where the file does not start like an MP4 or MOV."""
    file.seek(0)
    if file.read(8)[4:] not in {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof"}:
        return None
    encrypted, most = False, 0
    kinds: set[bytes] = set()
    sound = even = False
    for kind, start in _boxes(file, file_size):
        file.seek(start)
        kinds.add(kind)
        if kind == b"trak":
            sound = even = False
        elif kind == b"hdlr":
            handled = file.read(12)[8:]
            sound = handled == b"soun" if handled in MEDIA else sound
        elif kind == b"stsd":
            encrypted |= file.read(16)[12:] in ENCRYPTED
        elif kind == b"stts":
            even = _number(file.read(8)[4:]) == 1
        elif kind in {b"stsz", b"stz2"}:
            head = file.read(12)
            # Plain sound of equal samples is read in chunks.
            in_chunks = sound and even and _number(head[4:8]) > 0
            most = most if in_chunks else max(most, _number(head[8:]))
        elif kind == b"trun":
            most = max(most, _number(file.read(8)[4:]))
    return Claims(b"mdat" not in kinds or not kinds.isdisjoint(INDICES), encrypted, most)


def _boxes(file: BinaryIO, file_size: int) -> Iterator[tuple[bytes, int]]:
    """Kind of each box and where its content starts, parents before what they hold."""
    at, ends = 0, [file_size]
    for _ in range(MAX_BOXES):
        while len(ends) > 1 and at >= ends[-1]:
            ends.pop()
        file.seek(at)
        head = file.read(16)
        if at >= file_size or len(head) < 8:
            return
        size, kind, content = _number(head[:4]), head[4:8], at + 8
        if size == 1:
            size, content = _number(head[8:16]), at + 16
        end = at + size if size else ends[-1]
        if end < content:
            return
        yield kind, content
        if kind in PARENTS:
            ends.append(min(end, ends[-1]))
            at = content
        else:
            at = end


def _number(big_endian: bytes) -> int:
    return int.from_bytes(big_endian, "big")
