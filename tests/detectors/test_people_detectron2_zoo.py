import sys
from pathlib import Path

import pytest

from tennalytix.detectors.people_detectron2_zoo import imported, published_weights

CONFIGS = (
    "COCO-Detection/faster_rcnn_R_50_FPN_3x.yaml",
    "COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x.yaml",
    "COCO-Keypoints/keypoint_rcnn_R_50_FPN_3x.yaml",
)


def test_without_detectron2_a_sentence_tells_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "detectron2", None)

    with pytest.raises(ImportError, match=r"must be installed, got none\. .*pip install --no-build-isolation '"):
        imported("detectron2.config")


@pytest.mark.parametrize("error", [ImportError("x.so"), OSError("libc10_cuda.so"), RuntimeError("torchvision::nms")])
def test_a_broken_installation_is_one_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(_name: str) -> None:
        raise error

    (tmp_path / "detectron2.py").write_text("")
    monkeypatch.delitem(sys.modules, "detectron2", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("tennalytix.detectors.people_detectron2_zoo.import_module", fail)

    with pytest.raises(ImportError, match=f"must be importable, got {error}. torch and torchvision must be builds"):
        imported("detectron2.config")


@pytest.mark.parametrize("config", CONFIGS)
def test_digests_of_the_common_weights_are_known(config: str) -> None:
    weights = published_weights(config)

    assert weights.uri.startswith(f"https://dl.fbaipublicfiles.com/detectron2/{config.removesuffix('.yaml')}/")
    assert len(bytes.fromhex(weights.sha256)) == 32
