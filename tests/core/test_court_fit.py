import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court import LINES
from tennalytix.core.court_fit import LinePoints, fit_court_view, line_distances_px
from tennalytix.core.court_view import CourtView, Lens

SIZE_WH = (1920, 1080)


def truth(k1: float) -> CourtView:
    return Camera.look_at((0.5, -30, 9), (0, -1, 0), 2100, Lens.pinhole(SIZE_WH, k1), 0.01).court_view()


def seen(view: CourtView, noise_px: float = 0.0, seed: int = 0) -> LinePoints:
    rng = np.random.default_rng(seed)
    parts = []
    for line in LINES[:9]:
        along = np.linspace(0.02, 0.98, 25)[:, None]
        court = np.array(line.start) + along * (np.array(line.end) - np.array(line.start))
        pixels = view.court_to_image(court)
        parts.append(LinePoints.on_line(line, pixels + rng.normal(0, noise_px, pixels.shape)))
    return LinePoints.joined(parts)


def rough(view: CourtView) -> CourtView:
    nudge = np.array([[1.002, 0.001, 4.0], [-0.001, 0.998, -3.0], [0, 0, 1]])
    return CourtView(view.court_from_image @ nudge, Lens.pinhole(SIZE_WH))


@pytest.mark.parametrize("k1", [-0.03, 0.0, 0.02])
def test_view_and_lens_are_recovered_to_a_tenth_of_a_pixel(k1: float) -> None:
    view = truth(k1)
    fit = fit_court_view(seen(view), rough(view))

    corners = [(-5.485, -11.885), (5.485, 11.885), (0, 0)]
    np.testing.assert_allclose(fit.view.court_to_image(corners), view.court_to_image(corners), atol=0.1)
    assert fit.view.lens.k1 == pytest.approx(k1, abs=2e-3)
    assert fit.residual_px < 0.02


def test_noise_averages_out() -> None:
    view = truth(-0.02)
    fit = fit_court_view(seen(view, noise_px=0.5), rough(view))

    np.testing.assert_allclose(fit.view.court_to_image([(0, -11.8)]), view.court_to_image([(0, -11.8)]), atol=0.4)
    assert 0.2 < fit.residual_px < 0.6


def test_shoes_taken_for_lines_do_not_bend_the_court() -> None:
    view = truth(0.0)
    points = seen(view, noise_px=0.2)
    xy = points.xy.copy()
    xy[::10] += [0, 15]
    fit = fit_court_view(LinePoints(xy, points.start_xy, points.end_xy, points.weight), rough(view))

    np.testing.assert_allclose(fit.view.court_to_image([(3, 8)]), view.court_to_image([(3, 8)]), atol=0.5)


def test_the_lens_may_be_kept() -> None:
    view = truth(-0.03)

    assert fit_court_view(seen(view), rough(view), fit_lens=False).view.lens.k1 == 0.0


def test_distances_are_across_the_line() -> None:
    view = truth(0.0)
    far = LINES[0]
    on_line = view.court_to_image([(0, far.start[1])])
    points = LinePoints.on_line(far, on_line + np.array([0, 3]), weight=[1.0])

    assert abs(line_distances_px(view, points)[0]) == pytest.approx(3, abs=0.01)


def test_bad_input_is_said_in_one_sentence() -> None:
    view = truth(0.0)

    with pytest.raises(ValueError, match=r"points must be at least 10, got 3\. Show more of the court"):
        fit_court_view(LinePoints.on_line(LINES[0], np.zeros((3, 2))), view)
    with pytest.raises(ValueError, match="outlier_px must be positive, got 0"):
        fit_court_view(seen(view), view, outlier_px=0)
    with pytest.raises(ValueError, match=r"start_xy must have shape \(2, 2\), got \(3, 2\)"):
        LinePoints(np.zeros((2, 2)), np.zeros((3, 2)), np.zeros((2, 2)), np.ones(2))
    assert len(LinePoints.joined([])) == 0
