from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drawn_frames import draw_person, frames_of, ground
from small_networks import network, onnx_person_detector, small_detr, small_yolox, stored
from tennalytix.datasets import DetectorDataset
from tennalytix.detectors.people_onnx import OnnxPersonDetector
from tennalytix.detectors.people_onnx_detr import Detr
from tennalytix.detectors.people_onnx_yolox import Yolox
from tennalytix.detectors.people_tiles import merge, place

Image = NDArray[np.uint8]
FIXED = (1, 3, 64, 96)


def red(size_wh: tuple[int, int], *corners: tuple[int, int], side: int = 8) -> Image:
    """Black with red squares at these upper left corners."""
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    for x, y in corners:
        image[y : y + side, x : x + side, 0] = 255
    return image


def around(x: float, y: float, width: float = 16, height: float = 32) -> list[float]:
    """The box of this size with this middle, both in pixels from the picture's corner."""
    return [x - width / 2 - 0.5, y - height / 2 - 0.5, x + width / 2 - 0.5, y + height / 2 - 0.5]


def detector(folder: Path, content: bytes | None = None, **options: Any) -> OnnxPersonDetector:
    return OnnxPersonDetector(**stored(content or small_yolox(FIXED), folder), threads=1, key_every_s=0, **options)


# --- what YOLOX is fed and how it is read: numbers from YOLOX's own code, commit 6ddff48 ------------------------------


def raw_output() -> NDArray[np.float32]:
    raw = np.random.default_rng(7).normal(size=(1, 126, 7)).astype(np.float32)
    raw[..., 2:4] = raw[..., 2:4] * 0.3 + 1.2
    raw[..., 4:] = 1 / (1 + np.exp(-3 * raw[..., 4:]))
    return raw


def test_cells_are_read_as_yolox_reads_them() -> None:
    xyxy, score = Yolox(person_class=1).read([raw_output()], 0, (64, 96), 0.3)
    seen = place(xyxy + 1000, score, (0, 0, 3000, 3000), (3000, 3000), 0.0)
    people = merge([seen], 0.45)
    found = np.column_stack([people.xyxy - 999.5, people.score])

    assert len(found) == 33
    first = [
        [57.291, 30.931, 87.817, 45.956, 0.966],
        [40.416, 11.858, 64.048, 27.258, 0.932],
        [56.910, 48.437, 87.706, 71.467, 0.922],
        [-77.090, -31.845, 29.645, 77.948, 0.902],
    ]
    np.testing.assert_allclose(found[:4], first, atol=6e-4)
    np.testing.assert_allclose(found.sum(axis=0), [516.58, 192.30, 1984.01, 1405.62, 19.49], atol=0.02)


def test_images_are_fed_as_yolox_feeds_them() -> None:
    image = np.random.default_rng(8).integers(0, 256, (37, 53, 3), dtype=np.uint8)
    fed, scale = Yolox().prepare(image, (64, 96))
    rows, columns = [0, 10, 43, 63], [0, 20, 60, 90]

    assert fed.dtype == np.float32
    assert fed.shape == (3, 64, 96)
    expected = [[52, 76, 126, 216], [99, 89, 98, 224], [244, 91, 167, 221]]
    np.testing.assert_allclose(fed[:, rows, columns], expected, atol=1)
    np.testing.assert_allclose(fed.mean(axis=(1, 2)), [125.976, 126.570, 124.110], atol=0.05)
    np.testing.assert_allclose(scale, [91 / 53, 64 / 37])
    assert (fed[:, :, 91:] == 114).all()


def test_older_weights_are_fed_as_they_were_trained() -> None:
    image = np.random.default_rng(8).integers(0, 256, (37, 53, 3), dtype=np.uint8)
    fed, _ = Yolox(legacy=True).prepare(image, (64, 96))
    rows, columns = [0, 10, 43, 63], [0, 20, 60, 90]

    expected = [
        [2.0605, -0.5596, 0.7419, 1.6667],
        [-0.3025, -0.4776, -0.32, 1.8859],
        [-0.8981, -0.4798, 0.3916, 1.9603],
    ]
    np.testing.assert_allclose(fed[:, rows, columns], expected, atol=0.02)


def test_networks_with_a_fourth_level_are_read() -> None:
    cells = np.zeros((1, 340, 6), np.float32)
    cells[0, :, 4:] = 1
    xyxy, score = Yolox().read([cells], 0, (128, 128), 0.5)

    assert len(score) == 340
    np.testing.assert_array_equal(xyxy[255], [116, 116, 124, 124])
    np.testing.assert_array_equal(xyxy[339], [32, 32, 96, 96])


def test_boxes_that_the_file_has_decoded_are_taken_as_they_are() -> None:
    cells = np.array([[[50, 40, 20, 30, 1, 0.5]]], np.float32)
    xyxy, score = Yolox(decoded=True).read([cells], 0, (64, 96), 0.1)

    np.testing.assert_array_equal(xyxy, [[40, 25, 60, 55]])
    np.testing.assert_array_equal(score, [0.5])


@pytest.mark.parametrize(
    ("image_wh", "long_px", "size_hw"),
    [
        ((1280, 720), 960, (544, 960)),
        ((640, 480), 640, (480, 640)),
        ((1, 1), 64, (64, 64)),
        ((5000, 1), 640, (32, 640)),
    ],
)
def test_the_input_has_the_shape_of_the_image(
    image_wh: tuple[int, int], long_px: int, size_hw: tuple[int, int]
) -> None:
    assert Yolox().size_hw(image_wh, long_px) == size_hw


# --- the detector ----------------------------------------------------------------------------------------------------


def test_a_network_of_one_size_finds_people_at_it(tmp_path: Path) -> None:
    people = detector(tmp_path).find([red((96, 64), (24, 16), (64, 32))])[0]

    np.testing.assert_allclose(people.xyxy, [around(28, 20), around(68, 36)], atol=1e-4)
    np.testing.assert_allclose(people.score, 1)


@pytest.mark.parametrize("times", [2, 3])
def test_boxes_are_in_pixels_of_the_source(tmp_path: Path, times: int) -> None:
    image = red((96 * times, 64 * times), (24 * times, 16 * times), side=8 * times)
    people = detector(tmp_path).find([image])[0]

    np.testing.assert_allclose(people.xyxy, [around(28 * times, 20 * times, 16 * times, 32 * times)], atol=1e-3)


def test_both_scales_count_where_rounding_makes_them_differ(tmp_path: Path) -> None:
    # 101 rows become int(101 * 96 / 160) = 60: a row is 60 / 101, not 96 / 160.
    image = np.zeros((101, 160, 3), np.uint8)
    image[round(40 * 101 / 60) : round(48 * 101 / 60), 40:54, 0] = 255
    people = detector(tmp_path).find([image])[0]

    expected = around(28 / 0.6, 44 * 101 / 60, 16 / 0.6, 32 * 101 / 60)
    np.testing.assert_allclose(people.xyxy[:1, 1::2], [expected[1::2]], atol=1e-3)


def test_boxes_end_at_the_edge_of_the_picture(tmp_path: Path) -> None:
    people = detector(tmp_path).find([red((96, 64), (0, 0), (88, 56))])[0]

    np.testing.assert_allclose(sorted(people.xyxy.tolist()), [[-0.5, -0.5, 11.5, 19.5], [83.5, 43.5, 95.5, 63.5]])


def test_boxes_that_lie_beyond_the_edge_are_nobody(tmp_path: Path) -> None:
    # The picture fills the left half of the input; a box as narrow as this around a grey cell cannot reach it.
    content = small_yolox((1, 3, 64, 96), side_px=2)
    image = red((96, 64), (24, 16))

    assert len(detector(tmp_path, content).find([image])[0].score) == 1
    seen = place(np.array([[100.0, 0, 110, 10], [90, 0, 110, 10]]), np.ones(2), (0, 0, 96, 64), (96, 64), 1.0)
    np.testing.assert_array_equal(seen.xyxy, [[89.5, -0.5, 95.5, 9.5]])


def test_one_person_is_one_box(tmp_path: Path) -> None:
    image = red((96, 64), (24, 16), (32, 16))
    image[16:24, 32:40, 0] = 200
    content = small_yolox(FIXED, side_px=64)
    people = detector(tmp_path, content).find([image])[0]

    np.testing.assert_allclose(people.score, [1])
    assert len(detector(tmp_path, content, max_iou=0.99).find([image])[0].score) == 2


def test_doubtful_people_are_left_out(tmp_path: Path) -> None:
    image = red((96, 64), (24, 16), (64, 32))
    image[32:40, 64:72, 0] = 51

    assert detector(tmp_path, min_score=0.1).find([image])[0].score.tolist() == pytest.approx([1, 0.2])
    assert detector(tmp_path, min_score=0.25).find([image])[0].score.tolist() == pytest.approx([1])


def test_a_network_of_any_size_is_fed_the_shape_of_the_picture(tmp_path: Path) -> None:
    free = detector(tmp_path, small_yolox((1, 3, None, None)), input_long_px=192)
    people = free.find([red((96, 64), (24, 16)), red((64, 96), (16, 24))])

    np.testing.assert_allclose(people[0].xyxy[0], around(28, 20, 8, 16), atol=4.1)
    np.testing.assert_allclose(people[1].xyxy[0], around(20, 28, 8, 16), atol=4.1)


def test_a_network_of_one_size_runs_at_another_if_asked(tmp_path: Path) -> None:
    people = detector(tmp_path, small_yolox(FIXED), input_long_px=192).find([red((192, 128), (48, 40))])[0]

    np.testing.assert_allclose(people.xyxy, [around(52, 44)], atol=1e-4)


@pytest.mark.parametrize("batch", [1, 2, 3, "n"])
def test_answers_do_not_depend_on_batches(tmp_path: Path, batch: int | str) -> None:
    images = [red((96, 64), (8 * k, 8)) for k in range(5)]
    alone = [detector(tmp_path).find([image])[0] for image in images]
    together = detector(tmp_path, small_yolox((batch, 3, 64, 96)), batch_size=4).find(images)

    assert len(together) == 5
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_allclose(a.xyxy, b.xyxy, atol=1e-4)
        np.testing.assert_allclose(a.score, b.score)


def test_pictures_of_different_sizes_keep_their_order(tmp_path: Path) -> None:
    images = [red((96, 64), (24, 16)), red((64, 96)), red((96, 64)), red((64, 96), (16, 24))]
    free = detector(tmp_path, small_yolox(("n", 3, None, None)), batch_size=4, input_long_px=96)

    assert [len(p.score) for p in free.find(images)] == [1, 0, 0, 1]


def test_nobody_in_the_picture_and_no_picture_are_no_error(tmp_path: Path) -> None:
    assert detector(tmp_path).find([]) == []
    assert detector(tmp_path).find([red((96, 64))])[0].xyxy.shape == (0, 4)


def test_a_stream_gets_one_answer_a_frame() -> None:
    images = [draw_person(ground((320, 180)), (60 + 4 * k, 150), 48)[0] for k in range(6)]
    answers = list(onnx_person_detector().detect(frames_of(images)))

    assert len(answers) == 6
    for k, people in enumerate(answers):
        head_x = (people.xyxy[0, 0] + people.xyxy[0, 2]) / 2
        assert head_x == pytest.approx(60 + 4 * k, abs=8)


# --- tiles -----------------------------------------------------------------------------------------------------------


def test_tiles_find_who_is_too_small_in_the_whole(tmp_path: Path) -> None:
    image = red((384, 256), (120, 64), side=8)
    whole, tiled = (detector(tmp_path, min_score=0.4, tile_columns=n, tile_rows=max(n, 1)) for n in (0, 4))

    assert len(whole.find([image])[0].score) == 0
    assert len(tiled.find([image])[0].score) == 1


def test_a_band_of_tiles_looks_nowhere_else(tmp_path: Path) -> None:
    image = red((384, 256), (120, 64), (120, 200), side=8)
    options: dict[str, Any] = {"tile_columns": 4, "tile_band": (0.0, 0.5), "min_score": 0.15}
    people = detector(tmp_path, **options).find([image])[0]

    assert len(people.score) == 1
    assert people.xyxy[0, 3] < 128


def test_who_is_in_several_tiles_is_found_once(tmp_path: Path) -> None:
    image = red((96, 64), (24, 16), (64, 32))
    once, twice = (detector(tmp_path, tile_columns=n).find([image])[0] for n in (0, 1))

    np.testing.assert_array_equal(once.xyxy, twice.xyxy)


# --- RF-DETR and RT-DETR ---------------------------------------------------------------------------------------------

DETR = "tennalytix.detectors.people_onnx_detr.Detr"
BOXES = [[0.5, 0.5, 0.2, 0.4], [0.25, 0.25, 0.1, 0.2]]


def test_normalised_boxes_are_stretched_with_the_picture(tmp_path: Path) -> None:
    content = small_detr(BOXES, [[-9, 2, 0], [-9, -1, 0]])
    people = detector(tmp_path, content, family=DETR).find([red((192, 108))])[0]

    np.testing.assert_allclose(people.xyxy, [around(96, 54, 38.4, 43.2), around(48, 27, 19.2, 21.6)], atol=1e-4)
    np.testing.assert_allclose(people.score, 1 / (1 + np.exp([-2, 1])), rtol=1e-6)


def test_the_order_of_outputs_is_an_option(tmp_path: Path) -> None:
    content = small_detr(BOXES, [[3, 0], [-9, 0]], boxes_first=False)
    options = {"boxes_first": False, "person_class": 0}

    assert len(detector(tmp_path, content, family=DETR, family_options=options).find([red((64, 64))])[0].score) == 1
    with pytest.raises(ValueError, match=r"must give \(any, any, 4\) and \(any, any, any\), got \(1, 2, 2\)"):
        detector(tmp_path, content, family=DETR)


@pytest.mark.parametrize(
    ("options", "mean"),
    [({}, np.mean([0.515 / 0.229, 0.544 / 0.224, 0.594 / 0.225])), ({"mean_rgb": [0] * 3, "std_rgb": [1] * 3}, 1.0)],
)
def test_pixels_are_normalised_as_the_family_wants(tmp_path: Path, options: dict[str, Any], mean: float) -> None:
    content = small_detr(BOXES[:1], [[0, 0]])
    white = np.full((64, 64, 3), 255, np.uint8)
    people = detector(tmp_path, content, family=DETR, family_options=options).find([white])[0]

    np.testing.assert_allclose(people.score, [1 / (1 + np.exp(-mean))], rtol=1e-5)


def test_channels_come_in_the_order_red_green_blue() -> None:
    fed, scale = Detr(mean_rgb=(0, 0, 0), std_rgb=(1, 1, 1)).prepare(np.full((2, 4, 3), (255, 51, 0), np.uint8), (6, 8))

    np.testing.assert_allclose(fed.mean(axis=(1, 2)), [1, 0.2, 0], atol=1e-6)
    np.testing.assert_array_equal(scale, [2, 3])
    assert Detr().size_hw((1920, 1080), 640) == (640, 640)


# --- what is wrong is said in one sentence ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"min_score": 0}, "min_score must lie between 0 and 1, got 0"),
        ({"max_iou": 1.0}, "max_iou must lie between 0 and 1"),
        ({"input_long_px": 100}, "input_long_px must be a positive multiple of 32, got 100"),
        ({"input_long_px": 0}, "input_long_px must be a positive multiple of 32"),
        ({"batch_size": 0}, "batch_size must be positive"),
        ({"threads": -1}, "threads must not be negative"),
        ({"key_every_s": -1}, "key_every_s must not be negative"),
        ({"tile_columns": -1}, "tiles must be 0 or more columns"),
        ({"tile_rows": 0}, "1 or more rows"),
        ({"tile_band": (0.5, 0.5)}, "tile_band must be two rising shares"),
        ({"tile_band": (0.5, 1.5)}, "tile_band must be two rising shares"),
        ({"tile_overlap": 1}, "tile_overlap must lie in"),
        ({"device": "tpu"}, "device must be one of"),
        ({"family": "tennalytix.detectors.florb.Florb"}, "family must name an importable class"),
        ({"family": "florb"}, "family must name an importable class"),
        ({"family_options": {"florb": 1}}, "family_options must be options of"),
        ({"weights_sha256": "0" * 64}, "must have sha256 0000"),
    ],
)
def test_wrong_options_are_one_sentence(tmp_path: Path, options: dict[str, Any], sentence: str) -> None:
    given = {**stored(small_yolox(FIXED), tmp_path), **options}

    with pytest.raises(ValueError, match=sentence):
        OnnxPersonDetector(**given)


def test_a_class_that_the_network_lacks_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="person_class must be one of 1 classes, got 3"):
        detector(tmp_path, family_options={"person_class": 3}).find([red((96, 64))])
    with pytest.raises(ValueError, match="person_class must be one of 2 classes, got 2"):
        detector(tmp_path, small_detr(BOXES, [[1, 1]] * 2), family=DETR, family_options={"person_class": 2}).find(
            [red((96, 64))]
        )


def test_a_network_of_another_family_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must give \(any, any, any\), got \(1, 3, 4, 6\)"):
        detector(tmp_path, network())
    with pytest.raises(ValueError, match=r"must give a row for each cell of 64x96, got 5"):
        Yolox().read([np.zeros((1, 5, 85), np.float32)], 0, (64, 96), 0.1)


def test_the_catalog_builds_it_and_knows_its_weights(tmp_path: Path) -> None:
    model = stored(small_yolox(FIXED), tmp_path)
    loaded = DetectorDataset(
        detector="tennalytix.detectors.people_onnx.OnnxPersonDetector", options={**model, "tile_band": [0.0, 0.5]}
    ).load()

    assert loaded.model.weights_sha256 == model["weights_sha256"]
    assert len(list(loaded.detector.detect(frames_of([red((96, 64), (24, 16))] * 3)))) == 3
