import io
import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from tennalytix.video.mp4_claims import MAX_SAMPLES, Claims, read_claims

Numbered = Callable[..., Path]


def claims_of(data: bytes) -> Claims | None:
    return read_claims(io.BytesIO(data), len(data))


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def sound_track(samples: int, size: int, entries: int) -> bytes:
    handler = box(b"hdlr", bytes(8) + b"soun" + bytes(12))
    tables = box(b"stts", bytes(4) + struct.pack(">I", entries)) + box(b"stsz", struct.pack(">III", 0, size, samples))
    media = box(b"mdia", handler + box(b"minf", box(b"stbl", tables)))
    return box(b"ftyp", b"qt  ") + box(b"moov", box(b"trak", media))


@pytest.mark.parametrize("options", [{}, {"movflags": "+faststart"}, {"movflags": "frag_keyframe+empty_moov"}])
def test_the_frames_of_a_real_file_are_counted(numbered: Numbered, options: dict[str, str]) -> None:
    data = numbered(12, container_options=options).read_bytes()
    found = claims_of(data)

    assert found is not None
    assert found.has_index
    assert not found.is_encrypted
    assert 10 <= found.samples <= 12  # a fragment's first frame may be listed apart
    assert found.samples_are_credible(len(data))


def test_what_is_no_mp4_is_left_alone(numbered: Numbered) -> None:
    assert claims_of(numbered(3, name="a.mkv").read_bytes()) is None
    assert claims_of(b"") is None
    assert claims_of(b"short") is None


def test_more_frames_than_a_file_can_hold_are_not_credible() -> None:
    assert Claims(True, False, 2**20).samples_are_credible(100)
    assert not Claims(True, False, 2**20 + 1).samples_are_credible(100)
    assert Claims(True, False, 2**21).samples_are_credible(10**9)
    assert not Claims(True, False, MAX_SAMPLES + 1).samples_are_credible(10**12)


def test_plain_sound_may_have_as_many_samples_as_it_likes() -> None:
    plain, uneven = claims_of(sound_track(10**9, 2, 1)), claims_of(sound_track(10**9, 2, 7))

    assert plain == Claims(True, False, 0)
    assert uneven == Claims(True, False, 10**9)


def handler(kind: bytes, component: bytes = bytes(4)) -> bytes:
    return box(b"hdlr", bytes(4) + component + kind + bytes(12))


def track(handlers: tuple[bytes, bytes], samples: int, size: int) -> bytes:
    """As in MOV: another handler stands in `minf` and is of the data."""
    tables = box(b"stts", bytes(4) + struct.pack(">I", 1)) + box(b"stsz", struct.pack(">III", 0, size, samples))
    return box(b"trak", box(b"mdia", handlers[0] + box(b"minf", handlers[1] + box(b"stbl", tables))))


def test_the_handler_of_the_data_says_nothing_of_the_track() -> None:
    start, url = box(b"ftyp", b"qt  "), handler(b"url ", b"dhlr")
    sound, pictures = handler(b"soun", b"mhlr"), handler(b"vide", b"mhlr")

    assert claims_of(start + box(b"moov", track((sound, url), 10**9, 2))) == Claims(True, False, 0)
    assert claims_of(start + box(b"moov", track((pictures, url), 10**9, 2))) == Claims(True, False, 10**9)
    later = track((sound, url), 5, 2) + track((handler(b"text", b"mhlr"), url), 10**9, 2)
    assert claims_of(start + box(b"moov", later)) == Claims(True, False, 10**9)
    last = handler(b"vide", b"dhlr")  # FFmpeg takes the last that it knows.
    assert claims_of(start + box(b"moov", track((sound, last), 10**9, 2))) == Claims(True, False, 10**9)


def test_plain_sound_of_a_real_mov_is_not_counted(tmp_path: Path) -> None:
    rate, seconds = 192_000, 3
    with av.open(str(tmp_path / "plain.mov"), "w") as output:
        pictures = output.add_stream("libx264", rate=5, options={"preset": "ultrafast"})
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        sound = output.add_stream("pcm_s16le", rate=rate, layout="mono")
        for _ in range(5 * seconds):
            image = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            output.mux(pictures.encode(image))
        for k in range(seconds):
            samples = av.AudioFrame.from_ndarray(np.zeros((1, rate), np.int16), format="s16", layout="mono")
            samples.sample_rate, samples.pts = rate, k * rate
            output.mux(sound.encode(samples))
        output.mux(pictures.encode(None))
        output.mux(sound.encode(None))

    assert claims_of((tmp_path / "plain.mov").read_bytes()) == Claims(True, False, 5 * seconds)


def test_boxes_that_lie_about_their_size_end_the_walk() -> None:
    start = box(b"ftyp", b"isom")
    for bad in (
        struct.pack(">I", 3) + b"moov",
        struct.pack(">I", 1) + b"moov" + bytes(8),
        struct.pack(">I", 1) + b"moov" + b"\xff" * 8,
        struct.pack(">I", 0) + b"moov" + struct.pack(">I", 2**32 - 1) + b"trak",
        struct.pack(">I", 8) + b"moov",
    ):
        assert claims_of(start + bad) == Claims(True, False, 0)


def test_pictures_without_an_index_are_known_as_such() -> None:
    assert claims_of(box(b"ftyp", b"isom") + box(b"mdat", bytes(100))) == Claims(False, False, 0)
