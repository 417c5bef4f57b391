from dataclasses import replace

import cv2
import numpy as np
import pytest

from drawn_frames import Image, camera_behind, draw_court, ground, noisy
from tennalytix.core.camera import Camera
from tennalytix.core.court import BASELINE_Y_M, LINES, NET_POST_X_M, SERVICE_FROM_NET_M
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.core.homography import fit_homography
from tennalytix.detectors.court_pictures import paint_brightness
from tennalytix.detectors.court_proof import OVERRUNS, Proof, net_view, prove_view
from tennalytix.detectors.court_refine import RefinedView, judge_view

SIZE_WH = (960, 540)
CAMERA = camera_behind(SIZE_WH)
VIEW = CAMERA.court_view()


def with_net(image: Image, camera: Camera, shift_px: float = 0.0) -> Image:
    """A dark mesh with a white tape."""
    drawn = image.copy()
    rows = [(x, 1.07 - 0.156 * (1 - abs(x) / NET_POST_X_M)) for x in np.linspace(-NET_POST_X_M, NET_POST_X_M, 41)]
    for low, high, colour in ((1.0, 0.06, (40, 40, 45)), (0.06, 0.0, (240, 240, 240))):
        top = camera.project([(x, 0, z - high) for x, z in rows])
        bottom = camera.project([(x, 0, max(z - low, 0.0)) for x, z in rows])
        outline = np.concatenate([top, bottom[::-1]]) + np.array([0, shift_px])
        cv2.fillPoly(drawn, [np.rint(outline * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
    return drawn


def brightness(image: Image) -> Image:
    return paint_brightness(noisy(image, 0, 2.0))


COURT = draw_court(VIEW, SIZE_WH)


def stretched(view: CourtView, by: float) -> CourtView:
    """A view that takes the court for longer than it is."""
    taken = np.array([(x, y * by) for x in (-4.0, 4.0) for y in (-11.0, 11.0)])
    true = np.array([(x, y) for x in (-4.0, 4.0) for y in (-11.0, 11.0)])
    return CourtView(fit_homography(true, taken) @ view.court_from_image, view.lens)


def test_a_net_is_seen_where_the_camera_says_it_stands() -> None:
    proof = prove_view(brightness(with_net(COURT, CAMERA)), VIEW)

    assert proof.net_share > 0.9
    assert proof.overrun == 0.0
    assert proof.bears_out(0.5)


@pytest.mark.parametrize("shift_px", [-25.0, 25.0])
def test_a_net_elsewhere_is_none(shift_px: float) -> None:
    assert prove_view(brightness(with_net(COURT, CAMERA, shift_px)), VIEW).net_share < 0.4


def test_the_nets_plane_is_seen_as_the_camera_sees_it() -> None:
    net = net_view(VIEW)
    places = np.array([(-3.0, 0.2), (0.0, 0.9), (5.0, 1.07)])

    assert net is not None
    np.testing.assert_allclose(net.court_to_image(places), CAMERA.project(places[:, [0, 0, 1]] * [1, 0, 1]), atol=1e-6)


def test_a_view_without_perspective_shows_no_net() -> None:
    flat = CourtView(np.array([[0.02, 0, -9.6], [0, -0.05, 13.5], [0, 0, 1.0]]), Lens.pinhole(SIZE_WH))

    assert net_view(flat) is None
    assert prove_view(brightness(COURT), flat).net_share == 0.0


def test_side_lines_that_run_on_behind_the_baseline_are_seen() -> None:
    view = Camera.look_at((0.3, -20.0, 6.0), (0.0, -3.0, 0.0), 1.1 * SIZE_WH[1], Lens.pinhole(SIZE_WH)).court_view()
    picture = brightness(draw_court(view, SIZE_WH))
    service_for_baseline = stretched(view, BASELINE_Y_M / SERVICE_FROM_NET_M)

    assert prove_view(picture, service_for_baseline).overrun > 0.9
    assert prove_view(picture, view).overrun < 0.1
    assert len({line.start[0] for line in OVERRUNS}) == 4


def test_evidence_is_of_lines_and_net_and_paint_that_ends() -> None:
    assert Proof(0.0, 0.0).bears_out(0.95)
    assert Proof(0.5, 0.0).bears_out(0.85)
    assert Proof(1.0, 0.1).bears_out(0.6)
    assert not Proof(0.2, 0.0).bears_out(0.8)
    assert not Proof(1.0, 0.8).bears_out(1.0)


def judged(line_share: list[float]) -> RefinedView:
    return replace(judge_view(brightness(COURT), VIEW), line_share=np.array(line_share))


# far baseline, near baseline, doubles left and right, singles left and right, far and near service line, centre line
@pytest.mark.parametrize(
    ("line_share", "fixes"),
    [
        ([1, 1, 1, 1, 1, 1, 1, 1, 1], True),
        ([1, 1, 1, 1, 0, 0, 1, 1, 1], True),
        ([1, 1, 0, 0, 1, 1, 1, 1, 1], True),
        ([0, 1, 1, 1, 1, 1, 0, 1, 1], True),
        ([1, np.nan, 1, 1, 1, 1, 1, 1, 1], True),
        ([1, 1, 1, np.nan, 1, 1, 1, 1, 1], True),
        ([0, np.nan, 1, 1, 1, 1, 1, 1, 1], False),
        ([1, 0, 1, 1, 1, 1, 1, 1, 1], False),
        ([1, 1, 0, 1, 1, 1, 1, 1, 1], False),
        ([1, 1, 1, 1, 1, 0, 1, 1, 1], False),
        ([1, 1, 1, 1, 1, 1, 1, 1, 0], False),
    ],
)
def test_lines_may_be_missing_in_pairs_and_behind_the_net_only(line_share: list[float], fixes: bool) -> None:
    assert judged(line_share).fixes_court is fixes


def test_lines_hardly_in_the_picture_say_nothing() -> None:
    narrow = Camera.look_at((0.3, -30.0, 9.0), (0.0, -1.5, 0.0), 5.2 * SIZE_WH[1], Lens.pinhole(SIZE_WH)).court_view()
    share = judge_view(brightness(draw_court(narrow, SIZE_WH)), narrow).line_share

    assert np.isnan(share[[line.name for line in LINES].index("near_baseline")])
    assert share[[line.name for line in LINES].index("centre_service")] > 0.5


def test_bare_ground_bears_nothing_out() -> None:
    proof = prove_view(brightness(ground(SIZE_WH)), VIEW)

    assert not proof.bears_out(0.3)
