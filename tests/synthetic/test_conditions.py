import numpy as np
import pytest

from tennalytix.synthetic.conditions import Finish, Sunlight

GREY = np.full((40, 60, 3), 120, np.uint8)
STEP = np.repeat(np.array([60, 180], np.uint8), 30)[None, :, None] * np.ones((40, 1, 3), np.uint8)


def test_shadows_are_as_long_as_people_at_45_degrees_and_longer_below() -> None:
    x, y = Sunlight(azimuth_deg=0, elevation_deg=45).slope
    low = Sunlight(azimuth_deg=90, elevation_deg=20).slope

    assert (x, y) == pytest.approx((1, 0))
    assert low == pytest.approx((0, 2.747), abs=1e-3)


def test_an_untouched_finish_gives_the_very_picture() -> None:
    assert Finish().develop(STEP) is STEP
    assert Finish().compress(STEP) is STEP


@pytest.mark.parametrize(("exposure", "expected"), [(0.5, 60), (1.5, 180), (4.0, 255)])
def test_exposure_scales_and_clips(exposure: float, expected: int) -> None:
    assert np.unique(Finish(exposure=exposure).develop(GREY)).tolist() == [expected]


def test_contrast_turns_about_middle_grey() -> None:
    low, high = np.unique(Finish(contrast=0.5).develop(STEP))

    assert (low, high) == (89, 149)


def test_warm_light_is_redder_and_no_saturation_is_grey() -> None:
    red, _, blue = Finish(warmth=1.0).develop(GREY)[0, 0]
    colour = np.array([[[200, 40, 90]]], np.uint8)

    assert red > 120 > blue
    assert np.ptp(Finish(saturation=0.0).develop(colour)) == 0


def test_blur_softens_and_compression_changes_but_little() -> None:
    blurred, packed = Finish(blur_px=2.0).develop(STEP), Finish(jpeg_quality=20).compress(STEP)

    assert 60 < blurred[20, 29, 0] < 180
    assert (packed.shape, packed.dtype) == (STEP.shape, STEP.dtype)
    assert 0 < np.abs(packed.astype(int) - STEP).mean() < 12


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Sunlight(elevation_deg=5), r"elevation_deg must lie in \[10, 90\], got 5"),
        (lambda: Sunlight(softness_m=-1), "softness_m must not be negative, got -1"),
        (lambda: Sunlight(darkness=2), r"darkness must lie in \[0, 1\], got 2"),
        (lambda: Finish(exposure=0), "exposure must be positive, got 0"),
        (lambda: Finish(contrast=-1), "contrast must be positive, got -1"),
        (lambda: Finish(saturation=-1), "saturation must not be negative, got -1"),
        (lambda: Finish(blur_px=-1), "blur_px must not be negative, got -1"),
        (lambda: Finish(warmth=2), r"warmth must lie in \[-1, 1\], got 2"),
        (lambda: Finish(jpeg_quality=3), r"jpeg_quality must be 0 or lie in \[5, 100\], got 3"),
    ],
)
def test_bad_values_are_refused_in_one_sentence(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]
