"""Files with random damage: a sentence or frames in order, in time, within memory."""

import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numbered_videos import draw_number, encode
from tennalytix.video.losses import Loss, describe_losses
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoError, VideoSource

resource = pytest.importorskip("resource", reason="Windows does not tell how much memory was used")

MUTATIONS = 60
LIMIT_S = 5.0
LIMIT_MB = 300
SIZE_WH = (64, 48)
X264 = {"preset": "veryfast", "x264-params": "keyint=6:bframes=2"}
VPX = {"deadline": "realtime", "cpu-used": "8", "b": "500k", "g": "6"}


def kind(name: str, file: str, codec: str = "libx264", **options: Any) -> Any:
    return pytest.param(file, codec, options, id=name)


KINDS = [
    kind("mp4", "a.mp4", options=X264),
    kind("fragmented", "a.mp4", options=X264, container_options={"movflags": "frag_keyframe+empty_moov"}),
    kind("mov-hevc", "a.mov", "libx265", options={"preset": "ultrafast", "x265-params": "log-level=none:keyint=6"}),
    kind("mkv", "a.mkv", options=X264),
    kind("webm-vp9", "a.webm", "libvpx-vp9", options=VPX),
    kind("ts", "a.ts", options=X264),
    kind("avi-mjpeg", "a.avi", "mjpeg", pix_fmt="yuvj420p", options={}),
    kind("mp4-av1", "a.mp4", "libsvtav1", options={"preset": "12", "crf": "35", "g": "6"}),
    kind("mpg", "a.mpg", "mpeg2video", options={"g": "6"}),
]


def mutate(data: bytes, rng: np.random.Generator) -> bytes:
    """Flips, zeroes, repeats, removes or overwrites a few pieces, half of them near either end, where headers are."""
    result = bytearray(data)
    for _ in range(rng.integers(1, 5)):
        size = len(result)
        near = min(size, 1500)
        at = int(
            rng.choice([rng.integers(near), size - 1 - rng.integers(near), rng.integers(size), rng.integers(size)])
        )
        length = int(min(size - at, rng.choice([1, 1, 4, 8, 64, 700])))
        piece = result[at : at + length]
        match int(rng.integers(7)):
            case 0:
                result[at : at + length] = rng.bytes(length)
            case 1:
                result[at : at + length] = bytes(length)
            case 2:
                result[at : at + length] = b"\xff" * length
            case 3:
                result[at:at] = piece
            case 4:
                del result[at : at + length]
            case 5:
                result[at] ^= 1 << int(rng.integers(8))
            case _:
                other = int(rng.integers(size))
                result[other : other + length] = piece
        if len(result) < 100:
            return bytes(result)
    return bytes(result)


@pytest.mark.parametrize(("file", "codec", "options"), KINDS)
def test_whatever_is_wrong_with_a_file_it_ends_well(
    tmp_path: Path, file: str, codec: str, options: dict[str, Any]
) -> None:
    images = (draw_number(k, SIZE_WH) for k in range(14))
    path = encode(tmp_path / file, images, codec=codec, rate=Fraction(25), **options)
    whole, read = path.read_bytes(), 0
    before_mb = peak_mb()
    for seed in range(MUTATIONS):
        path.write_bytes(mutate(whole, np.random.default_rng(seed)))
        start_s = time.monotonic()
        read += _ends_well(path, seed)

        assert time.monotonic() - start_s < LIMIT_S, seed
    assert read > MUTATIONS // 6
    assert peak_mb() - before_mb < LIMIT_MB


def peak_mb() -> float:
    """The most memory this process has held so far."""
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / (1024 if sys.platform != "darwin" else 1024**2)


def _ends_well(path: Path, seed: int) -> bool:
    """Whether frames came; if not, one sentence did."""
    source = VideoSource(str(path), thread_count=1 + seed % 2, stall_s=LIMIT_S)
    losses: list[Loss] = []
    table, sentence = None, ""
    try:
        source.probe()
        table = scan_frames(source, losses=losses)
    except VideoError as error:
        sentence = str(error)
    if table is None:
        assert sentence.startswith(path.name), seed
        assert sentence.endswith("."), seed
        assert sentence.isprintable(), seed
        assert "nothing came" not in sentence, seed
        return False
    frames = list(source.frames(table))

    assert {frame.index for frame in frames} <= set(table.frame_index.tolist()), seed
    assert source.thread_count > 1 or len(frames) == len(table), seed
    assert table.time_s[0] == 0, seed
    assert np.all(np.diff(table.time_s) > 0), seed
    assert np.isfinite(table.reference_from_image).all(), seed
    assert len({frame.size_wh for frame in frames}) <= 1, seed
    assert len(describe_losses(losses)) <= 2, seed
    return True
