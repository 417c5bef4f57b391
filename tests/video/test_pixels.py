from itertools import product

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from tennalytix.video.frame import Frame
from tennalytix.video.orientation import Orientation
from tennalytix.video.pixels import Pixels, chroma_of, luma_of, reduced_rgb, small_luma_of

SIZES_WH = ((384, 256), (387, 259))
TURNS = (Orientation(), Orientation(transpose=True, flip_x=True), Orientation(flip_y=True))


def coloured(size_wh: tuple[int, int]) -> np.ndarray:
    """Soft colours, so that where chroma is sampled does not matter."""
    spots = np.random.default_rng(3).integers(30, 226, (5, 7, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(spots, size_wh, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def decoded(size_wh: tuple[int, int], pixel_format: str, space: str = "ITU601", levels: str = "MPEG") -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(coloured(size_wh), format="rgb24")
    made = frame.reformat(
        format=pixel_format, dst_colorspace=Colorspace[space], dst_color_range=ColorRange[levels], threads=1
    )
    made.colorspace, made.color_range = {"ITU601": 6, "ITU709": 1}[space], ColorRange[levels].value
    return made


@pytest.mark.parametrize("size_wh", SIZES_WH)
@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize(
    ("pixel_format", "levels"),
    [*product(("yuv420p", "yuv422p", "yuv444p", "nv12", "yuv420p10le"), ("MPEG", "JPEG"))],
)
@pytest.mark.parametrize("space", ["ITU601", "ITU709"])
def test_planes_say_what_rgb_says(
    pixel_format: str, space: str, levels: str, turn: Orientation, size_wh: tuple[int, int]
) -> None:
    pixels = Pixels(decoded(size_wh, pixel_format, space, levels), turn)
    image = pixels.rgb()

    assert image.shape == (*pixels.size_wh[::-1], 3)
    for factor in (2, 3, 4):
        for got, wanted in zip(pixels.chroma(factor), chroma_of(image, factor), strict=True):
            assert got.shape == wanted.shape
            assert np.abs(got.astype(int) - wanted).mean() < 1.5
        assert pixels.reduced(factor).shape == reduced_rgb(image, factor).shape
        assert np.abs(pixels.reduced(factor).astype(int) - reduced_rgb(image, factor)).mean() < 2.5


@pytest.mark.parametrize(
    ("pixel_format", "levels"), [*product(("yuv420p", "nv12", "yuv420p10le"), ("MPEG", "JPEG")), ("gray8", "MPEG")]
)
@pytest.mark.parametrize("turn", TURNS)
def test_brightness_spans_all_levels_whatever_the_range(pixel_format: str, levels: str, turn: Orientation) -> None:
    pixels = Pixels(decoded(SIZES_WH[0], pixel_format, levels=levels), turn)

    assert pixels.luma().shape == pixels.rgb().shape[:2]
    assert np.abs(pixels.luma().astype(int) - luma_of(pixels.rgb())).mean() < 2.5
    assert np.ptp(pixels.luma()) > 150


@pytest.mark.parametrize(
    ("pixel_format", "levels"), [*product(("yuv420p", "nv12", "yuv420p10le"), ("MPEG", "JPEG")), ("gray8", "MPEG")]
)
@pytest.mark.parametrize("turn", TURNS)
def test_small_brightness_is_brightness_made_small(pixel_format: str, levels: str, turn: Orientation) -> None:
    pixels = Pixels(decoded(SIZES_WH[1], pixel_format, levels=levels), turn)
    small = pixels.small_luma((90, 50))
    wanted = small_luma_of(pixels.luma(), (90, 50))

    assert small.shape == (50, 90)
    assert np.abs(small.astype(int) - wanted).max() <= 2
    assert np.array_equal(pixels.small_luma((90, 50)), small)  # now that there is one of full size
    assert np.array_equal(
        Frame(0, 0.0, pixels.rgb()).small_luma((90, 50)), small_luma_of(luma_of(pixels.rgb()), (90, 50))
    )


@pytest.mark.parametrize("rgb", [(255, 255, 0), (0, 0, 255), (0, 255, 255), (255, 0, 255), (223, 255, 79)])
def test_full_colours_are_reduced_to_themselves(rgb: tuple[int, int, int]) -> None:
    image = np.full((64, 64, 3), rgb, np.uint8)
    pixels = Pixels(av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p"), Orientation())

    assert np.abs(pixels.reduced(2).astype(int) - rgb).max() <= 6


def test_reduced_pictures_of_two_sizes_are_told_apart() -> None:
    pixels = Pixels(decoded(SIZES_WH[0], "yuv420p"))

    assert pixels.reduced(2) is pixels.reduced(2)
    assert pixels.reduced(4).shape == (64, 96, 3)
    assert pixels.reduced(2).shape == (128, 192, 3)


def test_levels_below_black_are_black_and_beyond_white_are_white() -> None:
    frame = av.VideoFrame.from_ndarray(np.tile(np.uint8([0, 15, 16, 235, 240, 255]), (12, 8)), format="yuv420p")

    assert Pixels(frame).luma()[0, :6].tolist() == [0, 0, 0, 255, 255, 255]


def test_what_a_frame_gives_is_not_to_be_written_to_and_is_made_once() -> None:
    frame = Frame(0, 0.0, Pixels(decoded(SIZES_WH[0], "yuv420p")))

    assert not any(plane.flags.writeable for plane in (frame.image, frame.luma, frame.reduced(2), *frame.chroma(2)))
    assert frame.image is frame.image
    assert frame.luma is frame.luma


def test_a_frame_of_rgb_gives_the_same_kinds_of_pictures() -> None:
    image = coloured(SIZES_WH[1])
    frame = Frame(0, 0.0, image)

    assert frame.image is image
    assert frame.size_wh == SIZES_WH[1]
    np.testing.assert_array_equal(frame.luma, luma_of(image))
    np.testing.assert_array_equal(frame.reduced(3), reduced_rgb(image, 3))
    np.testing.assert_array_equal(frame.chroma(2), chroma_of(image, 2))
