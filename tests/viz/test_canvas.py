import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.viz.canvas import Canvas, Pen, dashes, ellipse, rectangle

RED = (255, 0, 0)


def blank(width: int = 200, height: int = 100) -> Canvas:
    return Canvas(np.full((height, width, 3), 90, dtype=np.uint8), (width, height), (width, height))


def touched(canvas: Canvas) -> np.ndarray:
    return (canvas.image != 90).any(axis=2)


def test_points_scale_about_pixel_edges() -> None:
    canvas = Canvas(np.zeros((100, 200, 3), np.uint8), (100, 50), (200, 100))

    assert canvas.to_picture([[-0.5, -0.5], [199.5, 99.5], [0.0, 0.0]]).tolist() == [
        [-0.5, -0.5],
        [99.5, 49.5],
        [-0.25, -0.25],
    ]


def test_the_picture_given_is_left_alone() -> None:
    image = np.full((100, 200, 3), 90, dtype=np.uint8)
    canvas = Canvas(image, (200, 100), (200, 100))
    canvas.stroke([[10, 50], [190, 50]], Pen(RED))

    assert (image == 90).all()
    assert touched(canvas).any()


def test_a_stroke_lies_where_it_was_asked_for() -> None:
    canvas = blank(1280, 720)
    canvas.stroke([[20, 40], [180, 40]], Pen(RED, width=3, rim=False))

    assert (canvas.image[40, 30:170] == RED).all()
    assert not touched(canvas)[[36, 44]].any()


@pytest.mark.parametrize("xy", [[[-50, -50], [-20, -30]], [[500, 500], [1e30, 2e30]], [[5, 5]], []])
def test_what_lies_outside_or_is_no_line_draws_nothing(xy: list[list[float]]) -> None:
    canvas = blank()
    canvas.stroke(np.array(xy), Pen(RED))

    assert not touched(canvas).any()


def test_a_faint_stroke_is_a_mixture() -> None:
    canvas = blank(1280, 720)
    canvas.stroke([[20, 40], [180, 40]], Pen(RED, width=3, alpha=0.5, rim=False))

    assert np.abs(canvas.image[40, 100].astype(int) - [172, 45, 45]).max() <= 1


def test_a_filled_shape_covers_its_inside_only() -> None:
    canvas = blank()
    canvas.fill(rectangle(20, 20, 60, 50), RED)
    canvas.fill(ellipse((150, 50), 20, 10), RED)

    assert (canvas.image[25:45, 25:55] == RED).all()
    assert (canvas.image[50, 135:165] == RED).all()
    assert not touched(canvas)[:, 70:120].any()


def test_widths_follow_the_size_of_the_picture() -> None:
    small, large = blank(640, 360), blank(3840, 2160)

    assert (small.width_px(2), large.width_px(2)) == (1, 6)
    assert large.text_size_wh("near")[0] > 3 * small.text_size_wh("near")[0]


def test_text_leaves_a_mark() -> None:
    canvas = blank()
    canvas.text((20, 60), "near", RED)
    width, height = canvas.text_size_wh("near")

    marked = np.argwhere(touched(canvas))
    assert marked[:, 1].min() >= 18
    assert marked[:, 1].max() <= 22 + width
    assert marked[:, 0].min() >= 58 - 2 * height


@given(
    st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=2, max_size=8),
    st.floats(1, 30),
    st.floats(1, 30),
)
def test_dashes_start_and_end_with_ink_and_lie_on_the_line(
    points: list[tuple[float, float]], dash_px: float, gap_px: float
) -> None:
    xy = np.array(points)
    pieces = list(dashes(xy, dash_px, gap_px))
    length = np.hypot(*np.diff(xy, axis=0).T).sum()
    ink = sum(np.hypot(*np.diff(piece, axis=0).T).sum() for piece in pieces)
    share = len(pieces) * dash_px / (len(pieces) * dash_px + (len(pieces) - 1) * gap_px)

    np.testing.assert_allclose(pieces[0][0], xy[0], atol=1e-6)
    np.testing.assert_allclose(pieces[-1][-1], xy[-1], atol=1e-6)
    assert ink == pytest.approx(share * length, abs=1e-6)
