import io
from types import SimpleNamespace

import numpy as np
import pytest

from tennalytix.schema.tracks import Tracks
from tennalytix.video.clip import Clip
from tennalytix.viz.passes import write_all
from tennalytix.viz.sharing import SharingOptions, SharingWriter, encode_webp, liveliest

Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: WebP is not read back.")


def shared(clip: Clip, tracks: Tracks, **options: float) -> bytes:
    writer = SharingWriter(tracks, SharingOptions(**options))
    write_all(clip, [writer])
    return writer.webp()


def test_the_picture_moves_repeats_and_is_small(small_clip: Clip, small_tracks: Tracks) -> None:
    image = Image.open(io.BytesIO(shared(small_clip, small_tracks, max_width_px=160)))

    assert (image.format, image.is_animated, image.info["loop"]) == ("WEBP", True, 0)
    assert image.size == (160, 90)
    assert image.n_frames == 5


def test_pictures_are_shown_for_as_long_as_they_lie_apart() -> None:
    images = [np.full((40, 60, 3), 50 * k, dtype=np.uint8) for k in range(4)]
    image = Image.open(io.BytesIO(encode_webp(images, [2.0, 2.1, 2.3, 2.4], 60)))
    shown = []
    for k in range(3):
        image.seek(k)
        image.load()
        shown.append((image.info["duration"], round(np.asarray(image).mean() / 50)))

    assert shown == [(100, 0), (200, 1), (100, 2)]


def test_what_was_found_is_drawn_in(small_clip: Clip, small_tracks: Tracks) -> None:
    image = Image.open(io.BytesIO(shared(small_clip, small_tracks)))
    colours = np.asarray(image.convert("RGB")).astype(int)

    assert (np.ptp(colours, axis=2) > 60).sum() > 100


def test_a_file_too_large_gives_way(small_clip: Clip, small_tracks: Tracks) -> None:
    whole, tight = shared(small_clip, small_tracks), shared(small_clip, small_tracks, max_mb=0.003)

    assert len(tight) <= 3000 < len(whole)


def test_the_liveliest_stretch_has_the_most_hits_and_bounces(make: SimpleNamespace) -> None:
    frames = [make.frame(k, (), make.ball((10, 10)) if k > 100 else None) for k in range(250)]
    events = [make.event("hit", k, (1, 1)) for k in (20, 150, 170)]
    first, last = liveliest(make.tracks(frames, events=events), 2.0)

    assert first <= 150 / 25 <= 170 / 25 <= last
    assert last - first == pytest.approx(2.0)
    assert liveliest(make.tracks(frames), 2.0)[0] == pytest.approx(101 / 25)
    assert liveliest(make.tracks(frames), 20.0) == (0.0, 249 / 25)
    assert liveliest(make.tracks([]), 4.0) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"seconds": 21}, "seconds must lie between 0 and 20, got 21"),
        ({"max_rate": 0}, "max_rate must lie between 1 and 60, got 0"),
        ({"quality": 101}, "quality must lie between 0 and 100, got 101"),
        ({"max_width_px": 3}, "max_width_px must be at least 16, got 3"),
        ({"max_mb": 0}, "max_mb must be positive, got 0"),
    ],
)
def test_wrong_options_are_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SharingOptions(**wrong)
