"""The ball by TrackNet (Huang et al., 2019, arXiv 1907.03698), in the layout of its published Torch checkpoint."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.ball_heatmap import Image, Placement, find_candidates, stretch
from tennalytix.detectors.ball_windows import Windows, check_options, detect_in_windows
from tennalytix.detectors.base import BallCandidates
from tennalytix.detectors.torch_checkpoint import Tensor, chosen_device, load_weights, nn, placed, torch
from tennalytix.video.frame import Frame

_CLASSES = 256
_BALL_HEAT = 7.85
"""Heat of a whole ball above half its peak: targets are Gaussians of variance 10 px² at twice the input's size."""
_STRIP_ROWS = 24
"""The last layer has 256 channels at full size: a strip at a time, it takes megabytes instead of hundreds of them."""


class TrackNet(nn.Module):
    """Three frames in, a class from 0 to 255 for every pixel of the newest out: how near the ball is.

    Has 10,708,032 parameters, named as in yastrebksv's implementation. Every convolution is followed by ReLU, then by
    batch normalisation. The paper's table gives layers 11 to 13 512 channels; the published weights have 256.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = _layer(9, 64), _layer(64, 64)
        self.conv3, self.conv4 = _layer(64, 128), _layer(128, 128)
        self.conv5, self.conv6, self.conv7 = _layer(128, 256), _layer(256, 256), _layer(256, 256)
        self.conv8, self.conv9, self.conv10 = _layer(256, 512), _layer(512, 512), _layer(512, 512)
        self.conv11, self.conv12, self.conv13 = _layer(512, 256), _layer(256, 256), _layer(256, 256)
        self.conv14, self.conv15 = _layer(256, 128), _layer(128, 128)
        self.conv16, self.conv17 = _layer(128, 64), _layer(64, 64)
        self.conv18 = _layer(64, _CLASSES)
        self.shrink, self.enlarge = nn.MaxPool2d(2), nn.Upsample(scale_factor=2)

    def forward(self, x: Tensor) -> Tensor:
        """(n, 9, h, w), sides multiples of 8, gives logits, (n, 256, h, w)."""
        logits: Tensor = self.conv18(self._features(x))
        return logits

    def classes(self, x: Tensor) -> Tensor:
        """The likeliest class of every pixel, uint8, (n, h, w)."""
        features = nn.functional.pad(self._features(x), (0, 0, 1, 1))  # (n, 64, 1 + h + 1, w)
        convolution, rectify, normalise = self.conv18.get_submodule("block").children()
        strips = []
        for top in range(0, x.shape[2], _STRIP_ROWS):
            rows = features[:, :, top : top + _STRIP_ROWS + 2]
            logits = nn.functional.conv2d(rows, convolution.weight, convolution.bias, padding=(0, 1))  # type: ignore[arg-type]
            strips.append(normalise(rectify(logits)).argmax(1).to(torch.uint8))
        return torch.cat(strips, 1)

    def _features(self, x: Tensor) -> Tensor:
        x = self.shrink(self.conv2(self.conv1(x)))  # h / 2
        x = self.shrink(self.conv4(self.conv3(x)))  # h / 4
        x = self.shrink(self.conv7(self.conv6(self.conv5(x))))  # h / 8
        x = self.enlarge(self.conv10(self.conv9(self.conv8(x))))  # h / 4
        x = self.enlarge(self.conv13(self.conv12(self.conv11(x))))  # h / 2
        x = self.enlarge(self.conv15(self.conv14(x)))  # h
        features: Tensor = self.conv17(self.conv16(x))
        return features


def _layer(channels_in: int, channels_out: int) -> nn.Sequential:
    block = nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, padding=1), nn.ReLU(inplace=True), nn.BatchNorm2d(channels_out)
    )
    return nn.Sequential(OrderedDict(block=block))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackNetBallDetector:
    """Finds the ball with TrackNet; on a CPU it takes seconds a frame.

    The weights that are published for this layout have no licence, so none are named here: give those you may use. They
    are loaded at construction, by digest, and no code in them runs.

    Every frame is answered for from itself and the two fresh ones before it; a segment's first two from those after.

    Attributes:
        weights: path or address of a checkpoint, parameters named as in yastrebksv/TrackNet.
        weights_sha256: its digest.
        folder: where fetched weights are kept.
        max_candidates: the best so many of a frame.
        threshold: what is hotter may be the ball, as a share of the hottest class; the paper's is a half.
        legacy: read heat maps as yastrebksv/TrackNet's program does: heat is multiplied by 255 and cut down to 8 bits,
            which keeps classes 1 to 128, circles are sought in what is left, and places are multiplied by the
            ratio of sizes. For comparisons; one candidate a frame.
        input_wh: size at which the network sees pictures, multiples of 8; its weights are trained for one size.
        batch_size: windows at once. One is fastest on a CPU.
        device: `auto` (a GPU if there is one), `cpu`, `cuda` or `cuda:1`.

    Examples:
        Catalog entry::

            ball_detector:
              type: tennalytix.datasets.DetectorDataset
              detector: tennalytix.detectors.ball_tracknet.TrackNetBallDetector
              options: {weights: data/06_models/tracknet.pt, weights_sha256: <64 digits>}
    """

    weights: str | None = None
    weights_sha256: str | None = None
    folder: str = "data/06_models"
    max_candidates: int = 8
    threshold: float = 0.5
    legacy: bool = False
    input_wh: Sequence[int] = (640, 360)
    batch_size: int = 1
    device: str = "auto"
    _network: TrackNet = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_options(self.max_candidates, self.threshold, self.input_wh, self.batch_size)
        if not self.weights or not self.weights_sha256:
            raise ValueError(
                f"weights and weights_sha256 must be given, got {self.weights!r} and {self.weights_sha256!r}, since "
                "TrackNet's published weights have no licence. Name a checkpoint you may use; `sha256sum FILE` prints "
                "its digest."
            )
        device = chosen_device(self.device)
        network = TrackNet()
        load_weights(network, "TrackNet", self.weights, self.weights_sha256, self.folder)
        object.__setattr__(self, "_network", placed(network, device))

    def detect(self, frames: Iterable[Frame]) -> Iterator[BallCandidates]:
        """One answer a frame, in order."""
        return detect_in_windows(
            frames,
            see=lambda image: stretch(image, (self.input_wh[0], self.input_wh[1])),
            look=self._look,
            read=self._read_legacy if self.legacy else self._read,
            windows=Windows(length=3, step=1, newest_only=True),
            max_candidates=self.max_candidates,
            batch_size=self.batch_size,
        )

    def _look(self, windows: Sequence[Sequence[Image]]) -> NDArray[np.float32]:
        # Newest frame first, blue before red.
        shown = np.stack([np.concatenate([image[..., ::-1] for image in window[::-1]], axis=2) for window in windows])
        device = next(self._network.parameters()).device
        with torch.inference_mode():
            x = torch.from_numpy(shown).to(device).permute(0, 3, 1, 2).float() / 255  # (n, 9, h, w)
            classes: NDArray[np.uint8] = self._network.classes(x).cpu().numpy()
        return classes[:, None].astype(np.float32) / np.float32(_CLASSES - 1)

    def _read(self, heatmap: NDArray[np.float32], placement: Placement) -> BallCandidates:
        return find_candidates(
            heatmap,
            placement,
            threshold=self.threshold,
            ball_heat=_BALL_HEAT,
            max_candidates=self.max_candidates,
        )

    def _read_legacy(self, heatmap: NDArray[np.float32], placement: Placement) -> BallCandidates:
        return find_circle((heatmap * (_CLASSES - 1)).round().astype(np.int64), placement)


def find_circle(classes: NDArray[np.int64], placement: Placement) -> BallCandidates:
    """The clearest circle in what is left of the classes when they overflow 8 bits; see `TrackNetBallDetector`."""
    overflown = (classes * 255).astype(np.uint8)
    _, mask = cv2.threshold(overflown, 127, 255, cv2.THRESH_BINARY)
    circles = cv2.HoughCircles(mask, cv2.HOUGH_GRADIENT, dp=1, minDist=1, param1=50, param2=2, minRadius=2, maxRadius=7)
    if circles is None:
        return BallCandidates.none()
    x, y = circles.reshape(-1, circles.shape[-1])[0, :2].astype(np.float64)
    xy = np.array([[x, y]]) / placement.scale_xy
    return BallCandidates(np.clip(xy, -0.5, np.array(placement.source_wh) - 0.5), np.ones(1))
