from fractions import Fraction

import pytest

from tennalytix.synthetic.conditions import Sunlight
from tennalytix.synthetic.options import CAMERAS, OPTION_NAMES, CameraPlacement, RallyOptions


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"surface": "carpet"}, "surface must be one of hard_blue, .*, got 'carpet'"),
        ({"light": "dusk"}, "light must be one of day, .*, got 'dusk'"),
        ({"venue": "beach"}, "venue must be one of stadium, club, got 'beach'"),
        ({"size_wh": (1280, 32)}, "size_wh must be at least 64 pixels each way, got"),
        ({"frame_rate": Fraction(0)}, "frame_rate must be positive, got 0"),
        ({"duration_s": -1.0}, "duration_s must be positive, got -1"),
        ({"pan_px": -1.0}, "pan_px must not be negative, got -1"),
        ({"shake_px": -1.0}, "shake_px must not be negative, got -1"),
        ({"noise": -0.5}, "noise must not be negative, got -0.5"),
        ({"shutter": 1.5}, r"shutter must lie in \[0, 1\], got 1.5"),
        ({"repeat_every": 2}, "repeat_every must be 0 or at least 3, got 2"),
        ({"repeat_every": -6}, "repeat_every must be 0 or at least 3, got -6"),
        ({"k1": 0.6}, r"k1 must lie in \[-0.2, 0.5\], got 0.6"),
        ({"first_serve_s": 0.5}, "first_serve_s must leave 1.2 s for the toss, got 0.5"),
    ],
)
def test_bad_options_are_refused_in_one_sentence(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RallyOptions(**changes)


@pytest.mark.parametrize(
    ("position", "focal", "message"),
    [((0.0, -30.0, 0.0), 2.0, "position_m must lie above the ground"), ((0.0, -30.0, 9.0), 0.0, "focal_heights must")],
)
def test_a_camera_stands_above_the_ground_and_has_a_lens(
    position: tuple[float, float, float], focal: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        CameraPlacement(position, (0.0, 0.0, 0.0), focal)


def test_the_number_of_frames_follows_from_rate_and_length() -> None:
    assert RallyOptions(frame_rate=Fraction(30000, 1001), duration_s=2.0).frame_count == 60
    assert RallyOptions(duration_s=0.001).frame_count == 1


def test_a_camera_that_pans_or_shakes_moves() -> None:
    assert not RallyOptions().moves
    assert RallyOptions(pan_px=3.0).moves
    assert RallyOptions(shake_px=0.5).moves


def test_sizes_count_relative_to_720p() -> None:
    assert RallyOptions().px_per_720p == pytest.approx(1, abs=1e-4)
    assert RallyOptions(size_wh=(1920, 1080)).px_per_720p == pytest.approx(1.5, abs=1e-4)


def test_option_names_and_cameras_are_known() -> None:
    assert {"seed", "surface", "camera"} <= set(OPTION_NAMES)
    assert set(CAMERAS) == {"broadcast", "broadcast_high", "amateur"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"looks": "odd"}, "looks must be one of plain, varied, got 'odd'"),
        ({"staging": "final"}, "staging must be one of rally, .*, got 'final'"),
        ({"ball_kids": "asleep"}, "ball_kids must be one of posted, running, got 'asleep'"),
        ({"bystanders": -1}, "bystanders must not be negative, got -1"),
        ({"standing_crowd": -2}, "standing_crowd must not be negative, got -2"),
        ({"crowd_share": 1.5}, r"crowd_share must lie in \[0, 1\], got 1.5"),
        ({"light": "flat", "sun": Sunlight()}, "sun must be None unless light is day, got light 'flat'"),
        ({"staging": "crossing"}, "doubles must be True for staging crossing, got False"),
    ],
)
def test_bad_scenes_are_refused_in_one_sentence(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RallyOptions(**changes)
