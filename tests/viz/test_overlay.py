from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tennalytix.core.court_view import CourtView, Lens
from tennalytix.core.tables import FrameTable
from tennalytix.schema.tracks import Tracks
from tennalytix.video.clip import Clip
from tennalytix.video.pixel_aspect import pixel_aspect
from tennalytix.video.source import VideoError, VideoSource
from tennalytix.video.writer import VideoWriter
from tennalytix.viz import marks, palette
from tennalytix.viz.canvas import Canvas
from tennalytix.viz.overlay import OverlayOptions, draw_frame, overlay_size_wh, write_overlay

PLAIN = OverlayOptions(header=False)
BOX = (400.0, 200.0, 480.0, 380.0)


def ring_pixels(image: np.ndarray, centre_xy: tuple[float, float], radius: float = marks.RING_RADIUS) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    x = np.round(centre_xy[0] + radius * np.cos(angle)).astype(int)
    y = np.round(centre_xy[1] + radius * np.sin(angle)).astype(int)
    return image[y, x]


def share_of(pixels: np.ndarray, rgb: tuple[int, int, int]) -> float:
    return float((np.abs(pixels.astype(int) - rgb).max(axis=-1) < 40).mean())


def outline(image: np.ndarray) -> np.ndarray:
    x1, y1, x2, y2 = (int(v) for v in BOX)
    return np.concatenate([image[y1, x1 + 30 : x2], image[y2, x1:x2], image[y1:y2, x1], image[y1:y2, x2]])


def test_nothing_is_drawn_where_nothing_is_known(grey: np.ndarray, make: SimpleNamespace) -> None:
    frame = make.frame(3)

    assert np.array_equal(draw_frame(grey, frame, make.tracks([frame]), (frame,), PLAIN), grey)


def test_ring_leaves_the_ball_free(grey: np.ndarray, make: SimpleNamespace) -> None:
    frame = make.frame(3, ball=make.ball((640.0, 360.0)))
    image = draw_frame(grey, frame, make.tracks([frame]), (), PLAIN)

    assert share_of(ring_pixels(image, (640, 360)), palette.BALL) == 1
    assert (image[357:364, 637:644] == 90).all()


def test_ring_of_an_interpolated_ball_is_broken(grey: np.ndarray, make: SimpleNamespace) -> None:
    frame = make.frame(3, ball=make.ball((640.0, 360.0), "interpolated"))
    image = draw_frame(grey, frame, make.tracks([frame]), (), PLAIN)

    assert 0.2 < share_of(ring_pixels(image, (640, 360)), palette.BALL) < 0.8


@pytest.mark.parametrize("role", ["near", "far"])
def test_box_has_the_colour_of_the_role(grey: np.ndarray, make: SimpleNamespace, role: str) -> None:
    frame = make.frame(3, (make.player(role, BOX),))
    image = draw_frame(grey, frame, make.tracks([frame]), (), PLAIN)
    ours, other = (palette.NEAR, palette.FAR) if role == "near" else (palette.FAR, palette.NEAR)

    assert share_of(outline(image), ours) > 0.9
    assert share_of(image, other) == 0
    assert share_of(image[380:383, 430:450], ours) > 0.9
    assert share_of(image[285:296, 440], ours) > 0.5


def test_box_of_an_interpolated_player_is_broken_and_its_foot_hollow(grey: np.ndarray, make: SimpleNamespace) -> None:
    frame = make.frame(3, (make.player("near", BOX, "interpolated"),))
    image = draw_frame(grey, frame, make.tracks([frame]), (), PLAIN)

    assert 0.3 < share_of(outline(image), palette.NEAR) < 0.75
    assert share_of(image[382, 437:443], palette.NEAR) < 0.5


def test_labels_name_role_number_and_source(make: SimpleNamespace) -> None:
    one = make.player("near", BOX)
    two = make.player("near", BOX, "interpolated", track_id=3)
    far = make.player("far", BOX, "corrected")
    frame = make.frame(0, (one, two, far))

    assert [marks.player_label(p, frame) for p in frame.players] == ["near 1", "near 3, interpolated", "far, corrected"]
    assert marks.player_label(one, make.frame(0, (one,))) == "near"


def test_trail_fades_and_keeps_its_gaps(grey: np.ndarray, make: SimpleNamespace) -> None:
    balls = {k: make.ball((100.0 + 60 * k, 300.0)) for k in range(12) if k not in (6, 7)}
    frames = [make.frame(k, ball=balls.get(k)) for k in range(12)]
    image = draw_frame(grey, frames[-1], make.tracks(frames), frames, PLAIN)
    strength = {k: np.abs(image[300, 100 + 60 * k - 30].astype(int) - 90).max() for k in range(1, 12)}

    assert strength[11] > strength[9] > strength[5] > strength[2] > 0
    assert strength[6] == strength[7] == strength[8] == 0


def test_trail_does_not_leap_to_another_ball(grey: np.ndarray, make: SimpleNamespace) -> None:
    places = [*((100.0 + 20 * k, 300.0) for k in range(5)), *((900.0 + 20 * k, 300.0) for k in range(5))]
    frames = [make.frame(k, ball=make.ball(xy)) for k, xy in enumerate(places)]
    image = draw_frame(grey, frames[-1], make.tracks(frames), frames, PLAIN)

    assert (image[300, 100:180] != 90).any()
    assert (image[300, 900:980] != 90).any()
    assert (image[300, 200:880] == 90).all()


def test_trail_ends_after_its_time(grey: np.ndarray, make: SimpleNamespace) -> None:
    frames = [make.frame(k, ball=make.ball((100.0 + 20 * k, 300.0))) for k in range(40)]
    image = draw_frame(grey, frames[-1], make.tracks(frames), frames, OverlayOptions(header=False, trail_s=0.4))

    assert (image[300, : 100 + 20 * 29 - 2] == 90).all()
    assert (image[300, 100 + 20 * 32] != 90).any()


@pytest.mark.parametrize("kind", ["hit", "bounce"])
def test_events_are_shown_for_a_short_while(grey: np.ndarray, make: SimpleNamespace, kind: str) -> None:
    frames = [make.frame(k) for k in range(40)]
    tracks = make.tracks(frames, events=[make.event(kind, 10, (640.0, 360.0))])
    drawn = [bool((draw_frame(grey, frame, tracks, (), PLAIN) != 90).any()) for frame in frames]

    assert drawn.index(True) == 10
    assert sum(drawn) == pytest.approx(PLAIN.mark_s * make.rate, abs=1)
    assert drawn == [False] * 10 + [True] * sum(drawn) + [False] * (30 - sum(drawn))


@pytest.mark.parametrize("k1", [-0.04, 0.0, 0.05])
def test_court_lines_follow_the_lens(grey: np.ndarray, make: SimpleNamespace, k1: float) -> None:
    court = make.court(k1)
    frame = make.frame(0)
    image = draw_frame(grey, frame, make.tracks([frame], court=court), (), PLAIN)
    inside = [(x, y) for x, y in court.keypoints.values() if 2 < x < 1277 and 2 < y < 717]

    assert len(inside) >= 10
    for x, y in inside:
        around = image[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3]
        assert (around != 90).any()


def test_court_lines_stay_near_the_picture_and_on_the_court(make: SimpleNamespace) -> None:
    # The camera stands on the baseline: half of the court is behind it.
    view = CourtView(np.array([[1, 0, -640], [0, -2, 900], [0, 0.002, -0.6]]), Lens.pinhole((1280, 720), -0.05))

    for line in marks.court_polylines(view, (1280, 720)):
        assert np.isfinite(line).all()
        assert (np.abs(line / (1280, 720) - 0.5) < 2).all()


def test_moving_court_is_drawn_where_its_frame_knows_it(grey: np.ndarray, make: SimpleNamespace) -> None:
    court = make.court(static=False)
    without = make.frame(0)
    with_court = without.model_copy(update={"court_from_image": court.court_from_image})
    tracks = make.tracks([without, with_court], court=court)

    assert np.array_equal(draw_frame(grey, without, tracks, (), PLAIN), grey)
    assert (draw_frame(grey, with_court, tracks, (), PLAIN) != grey).any()


def test_header_names_clip_frame_and_time_along_the_upper_edge(grey: np.ndarray, make: SimpleNamespace) -> None:
    frame = make.frame(3).model_copy(update={"repeated": True})
    image = draw_frame(grey, frame, make.tracks([frame]))

    assert (image[0, 2:-2] != 90).all()
    assert (image[40:] == 90).all()
    assert share_of(image[:40, :300], palette.PAPER) > 0.005
    assert share_of(image[:40, -300:], palette.PAPER) > 0.005


def test_long_and_odd_names_are_shortened(grey: np.ndarray) -> None:
    canvas = Canvas(grey, (640, 360), (640, 360))
    short = marks.shortened(canvas, "rally\n" + "x" * 400 + "__0003", 200)

    assert short.startswith("rally?x")
    assert short.endswith("__0003")
    assert canvas.text_size_wh(short)[0] <= 200
    assert marks.shortened(canvas, "rally__0000", 400) == "rally__0000"
    assert marks.shortened(canvas, "rally", 0) == ""


def test_marks_far_outside_do_no_harm(grey: np.ndarray, make: SimpleNamespace) -> None:
    frame = make.frame(0, (make.player("far", (-1e9, -1e9, -1e8, 5000.0)),), make.ball((1e12, -1e12)))
    tracks = make.tracks([frame], events=[make.event("hit", 0, (-1e7, 1e7))])

    assert draw_frame(grey, frame, tracks, (frame,), PLAIN).shape == grey.shape


def test_same_input_gives_the_same_picture(grey: np.ndarray, make: SimpleNamespace) -> None:
    frame = make.frame(0, (make.player("near", BOX),), make.ball((640, 360)))
    tracks = make.tracks([frame], court=make.court())

    assert np.array_equal(draw_frame(grey, frame, tracks), draw_frame(grey, frame, tracks))


@pytest.mark.parametrize(
    ("size_wh", "expected_wh"),
    [((1920, 1080), (1280, 720)), ((1280, 720), (1280, 720)), ((608, 1081), (404, 720)), ((321, 181), (320, 180))],
)
def test_overlay_is_at_most_so_high_and_even(size_wh: tuple[int, int], expected_wh: tuple[int, int]) -> None:
    assert overlay_size_wh(size_wh, OverlayOptions()) == expected_wh


def test_positions_scale_with_the_picture(make: SimpleNamespace) -> None:
    frame = make.frame(0, ball=make.ball((640.0, 360.0)))
    image = draw_frame(np.full((720, 1280, 3), 90, np.uint8), frame, make.tracks([frame]), (), PLAIN)
    half = draw_frame(
        np.full((720, 1280, 3), 90, np.uint8),
        frame,
        make.tracks([frame]),
        (),
        OverlayOptions(max_height_px=360, header=False),
    )

    for drawn, centre in ((image, (360, 640)), (half, (180, 320))):
        rows, columns = np.nonzero((drawn != 90).any(axis=2))
        assert (rows.min() + rows.max()) / 2 == pytest.approx(centre[0], abs=1)
        assert (columns.min() + columns.max()) / 2 == pytest.approx(centre[1], abs=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_height_px": 1}, "max_height_px must be at least 2, got 1"),
        ({"trail_s": 0}, "trail_s must be positive, got 0"),
        ({"mark_s": -1}, "mark_s must be positive, got -1"),
        ({"crf": 60}, "crf must lie between 0 and 51, got 60"),
    ],
)
def test_bad_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        OverlayOptions(**options)


def test_video_has_every_frame_at_its_time(tmp_path: Path, small_clip: Clip, small_tracks: Tracks) -> None:
    done: list[int] = []
    count = write_overlay(small_clip, small_tracks, tmp_path / "overlay.mp4", PLAIN, done.append)
    frames = list(VideoSource(str(tmp_path / "overlay.mp4")).frames())

    assert count == len(frames) == 10
    assert done == list(range(1, 11))
    assert [frame.time_s for frame in frames] == pytest.approx([k / 25 for k in range(10)], abs=1e-4)
    assert frames[0].size_wh == (320, 180)
    box = frames[5].image[60:161, 98:142].astype(int)
    assert (box[:, 2:4, 0] - box[:, 2:4, 2]).mean() > 40  # orange


def test_pixels_that_are_not_square_keep_their_shape(tmp_path: Path, small_clip: Clip, small_tracks: Tracks) -> None:
    with VideoWriter(tmp_path / "wide.mp4", (320, 180), Fraction(25), pixel_aspect=Fraction(16, 11)) as writer:
        for frame in small_clip.frames():
            writer.write(frame.image)
    wide = replace(small_clip, source=VideoSource(str(tmp_path / "wide.mp4")))
    write_overlay(wide, small_tracks, tmp_path / "overlay.mp4", PLAIN)
    write_overlay(small_clip, small_tracks, tmp_path / "plain.mp4", PLAIN)

    assert pixel_aspect(VideoSource(str(tmp_path / "overlay.mp4"))) == Fraction(16, 11)
    assert pixel_aspect(VideoSource(str(tmp_path / "plain.mp4"))) == 1


def test_frames_without_tracks_are_written_plain(tmp_path: Path, small_clip: Clip, small_tracks: Tracks) -> None:
    none_known = small_tracks.model_copy(update={"frames": []})
    write_overlay(small_clip, none_known, tmp_path / "overlay.mp4", PLAIN)
    frames = list(VideoSource(str(tmp_path / "overlay.mp4")).frames())

    assert len(frames) == 10
    assert np.ptp(frames[4].image.astype(int)) <= 6


def test_time_starts_with_the_clip(tmp_path: Path, small_clip: Clip, small_tracks: Tracks) -> None:
    part = Clip("part", small_clip.source, small_clip.table.between(4, 8), small_clip.size_wh)
    write_overlay(part, small_tracks, tmp_path / "overlay.mp4", PLAIN)

    times_s = [frame.time_s for frame in VideoSource(str(tmp_path / "overlay.mp4")).frames()]
    assert times_s == pytest.approx([0, 0.04, 0.08, 0.12, 0.16], abs=1e-4)


def test_a_clip_without_frames_leaves_no_file(tmp_path: Path, small_clip: Clip, small_tracks: Tracks) -> None:
    empty = FrameTable(np.zeros(0, int), np.zeros(0), np.zeros(0, bool), np.zeros(0, int), np.zeros((0, 3, 3)))
    clip = Clip("empty", small_clip.source, empty, small_clip.size_wh)

    with pytest.raises(VideoError, match="empty has no decodable frames"):
        write_overlay(clip, small_tracks, tmp_path / "overlay.mp4", PLAIN)
    assert not (tmp_path / "overlay.mp4").exists()


def test_no_box_runs_through_the_name_of_an_event(grey: np.ndarray, make: SimpleNamespace) -> None:
    event = make.event("hit", 3, (640.0, 360.0))
    alone = make.frame(3)
    label = slice(328, 342), slice(658, 677)
    box = (670.0, 200.0, 760.0, 500.0)
    together = make.frame(3, (make.player("near", box),))
    names = [
        draw_frame(grey, frame, make.tracks([frame], events=[event]), (), PLAIN)[label] for frame in (alone, together)
    ]

    assert (names[0] != 90).mean() > 0.9
    assert share_of(names[1], palette.NEAR) == 0
