"""What Detectron2 publishes: its modules, its model-zoo configurations, and weights whose digests are known."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_ZOO = "https://dl.fbaipublicfiles.com/detectron2"
_LIST = "https://github.com/facebookresearch/detectron2/blob/main/MODEL_ZOO.md"
_INSTALL = "pip install --no-build-isolation 'detectron2 @ git+https://github.com/facebookresearch/detectron2.git'"


@dataclass(frozen=True, slots=True)
class Published:
    """Weights in public.

    Attributes:
        uri: where they are.
        sha256: 64 hexadecimal digits.
    """

    uri: str
    sha256: str


_KNOWN = {
    "COCO-Detection/faster_rcnn_R_50_FPN_3x": Published(
        f"{_ZOO}/COCO-Detection/faster_rcnn_R_50_FPN_3x/137849458/model_final_280758.pkl",
        "3c25caca37baabbff3e22cc9eb0923db165a0c18b867871a3bf3570bac9b7ef0",
    ),
    "COCO-Detection/faster_rcnn_X_101_32x8d_FPN_3x": Published(
        f"{_ZOO}/COCO-Detection/faster_rcnn_X_101_32x8d_FPN_3x/139173657/model_final_68b088.pkl",
        "fe5ad56ff746aa55c5f453b01f8395134e9281d240dbeb473411d4a6b262c9dc",
    ),
    "COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x": Published(
        f"{_ZOO}/COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x/137849600/model_final_f10217.pkl",
        "9a737e290372f1f70994ebcbd89d8004dbb3ae30a605fd915a190fa4a782dd66",
    ),
    "COCO-InstanceSegmentation/mask_rcnn_X_101_32x8d_FPN_3x": Published(
        f"{_ZOO}/COCO-InstanceSegmentation/mask_rcnn_X_101_32x8d_FPN_3x/139653917/model_final_2d9806.pkl",
        "12f6e1811baf1b4d329c3f5ac5ec52d8f634d3cedc82a13fff55d0c05d84f442",
    ),
    "COCO-Keypoints/keypoint_rcnn_R_50_FPN_3x": Published(
        f"{_ZOO}/COCO-Keypoints/keypoint_rcnn_R_50_FPN_3x/137849621/model_final_a6e10b.pkl",
        "48cc65c6f9ff63dabe64bf6082eb257d8515b42b31f0e44ff43cf9470f5107e4",
    ),
}
"""The model zoo publishes no sha256, only the first six digits of the md5, in the file's name.

These digests are those that users of the files wrote down: the first four in the installer of CompressAI-Vision, the
first also in other projects' notes, the fifth beside a mirror of the zoo whose digest of the third is the same.
"""


def imported(module: str) -> Any:
    """A module of Detectron2.

    Raises:
        ImportError: Detectron2 is missing, or does not go with the torch and torchvision that are there.
    """
    if find_spec("detectron2") is None:
        raise ImportError(
            f"Detectron2 must be installed, got none. Install torch, torchvision and setuptools, then: {_INSTALL}"
        )
    try:
        return import_module(module)
    except (ImportError, OSError, RuntimeError) as error:
        raise ImportError(
            f"Detectron2 must be importable, got {error}. torch and torchvision must be builds that belong together; "
            f"after a change of torch, build it anew: {_INSTALL}"
        ) from error


def published_weights(config: str) -> Published:
    """The zoo's weights for one of its configurations.

    Raises:
        ValueError: their digest is not known here.
    """
    name = config.removesuffix(".yaml")
    if name not in _KNOWN:
        raise ValueError(
            f"weights and weights_sha256 must be given for {config}, got none. Fetch the file that {_LIST} names, see "
            "that its md5sum begins with the six digits its name ends in, and give its sha256sum."
        )
    return _KNOWN[name]


def read_config(config: str) -> Any:
    """A configuration of the model zoo by name, or one's own by path, as Detectron2's `CfgNode`.

    The zoo's files are read by their path, as `detectron2.model_zoo` needs a `pkg_resources` that recent setuptools
    lack. Unlike the zoo's, one's own file may hold plain YAML only, so that reading it runs nothing.

    Raises:
        ImportError: Detectron2 is missing or broken.
        ValueError: there is no such configuration, or it has keys that Detectron2 does not know.
    """
    package = Path(imported("detectron2").__file__).parent
    zoo = [root / config for root in (package / "model_zoo" / "configs", package.parent / "configs")]
    path = next((p for p in [*zoo, Path(config)] if p.is_file()), None)
    if path is None or path.suffix != ".yaml":
        raise ValueError(f"config must be the name of a .yaml that {_LIST} lists, or a path, got {config!r}.")
    cfg = imported("detectron2.config").get_cfg()
    try:
        cfg.merge_from_file(str(path), allow_unsafe=path in zoo)
    except (AssertionError, KeyError, ValueError, imported("yaml").YAMLError) as error:
        raise ValueError(f"config {config} must be a configuration of Detectron2, got {error}.") from error
    return cfg
