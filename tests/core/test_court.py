import numpy as np
import pytest

from tennalytix.core.court import (
    BASELINE_WIDTH_M,
    BASELINE_Y_M,
    DOUBLES_WIDTH_M,
    KEYPOINT_NAMES,
    KEYPOINTS,
    LENGTH_M,
    LINE_WIDTH_M,
    LINES,
    SERVICE_FROM_NET_M,
    SINGLES_WIDTH_M,
    CourtLine,
    keypoints_xy,
)


def outer_edges(line: CourtLine) -> tuple[float, float]:
    """Largest |x| and |y| that a line's paint reaches."""
    start, end = np.abs(line.start), np.abs(line.end)
    lies = line.start[1] == line.end[1]
    grown = (0, line.width_m / 2) if lies else (line.width_m / 2, 0)
    return tuple(np.maximum(start, end) + grown)


def test_paint_reaches_to_the_measures_of_the_rules_and_no_further() -> None:
    reach = {line.name: outer_edges(line) for line in LINES}

    for name in ("far_baseline", "near_baseline", "left_doubles", "right_doubles"):
        assert reach[name] == pytest.approx((DOUBLES_WIDTH_M / 2, LENGTH_M / 2))
    for name in ("left_singles", "right_singles"):
        assert reach[name] == pytest.approx((SINGLES_WIDTH_M / 2, LENGTH_M / 2))
    for name in ("far_service", "near_service"):
        assert reach[name] == pytest.approx((SINGLES_WIDTH_M / 2, SERVICE_FROM_NET_M))
    assert reach["centre_service"] == pytest.approx((LINE_WIDTH_M / 2, SERVICE_FROM_NET_M))
    assert reach["far_centre_mark"] == pytest.approx((LINE_WIDTH_M / 2, BASELINE_Y_M))


def test_keypoints_are_where_centre_lines_cross() -> None:
    for x, y in KEYPOINTS.values():
        standing = [line for line in LINES if line.start[0] == line.end[0] == pytest.approx(x)]
        lying = [line for line in LINES if line.start[1] == line.end[1] == pytest.approx(y)]

        assert len(lying) == 1
        assert any(min(s.start[1], s.end[1]) - 1e-9 <= y <= max(s.start[1], s.end[1]) + 1e-9 for s in standing)


def test_the_court_is_its_own_mirror_image_both_ways() -> None:
    points = {(round(x, 9), round(y, 9)) for x, y in KEYPOINTS.values()}

    assert {(-x, y) for x, y in points} == points
    assert {(x, -y) for x, y in points} == points


def test_names_say_where_points_are() -> None:
    for name, (x, y) in KEYPOINTS.items():
        assert (y > 0) == name.startswith("far")
        assert "left" not in name or x < 0
        assert "right" not in name or x > 0


def test_the_array_has_the_order_of_the_names() -> None:
    assert keypoints_xy().shape == (14, 2)
    assert [tuple(p) for p in keypoints_xy()] == [KEYPOINTS[name] for name in KEYPOINT_NAMES]


def test_centre_marks_reach_inwards_from_the_baselines() -> None:
    marks = {line.name: line for line in LINES if line.name.endswith("mark")}
    inner = {name: min(abs(line.start[1]), abs(line.end[1])) for name, line in marks.items()}

    assert set(marks) == {"far_centre_mark", "near_centre_mark"}
    assert all(y == pytest.approx(BASELINE_Y_M - BASELINE_WIDTH_M - 0.10) for y in inner.values())


def test_the_court_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        KEYPOINTS["far_left_doubles"] = (0.0, 0.0)  # type: ignore[index]
