"""The ball by TrackNetV2 (Sun et al., 2020), in the layout of WASB-SBDT's Torch checkpoints."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.ball_heatmap import Image, Placement, find_candidates, fit
from tennalytix.detectors.ball_windows import Windows, check_options, detect_in_windows
from tennalytix.detectors.base import BallCandidates
from tennalytix.detectors.torch_checkpoint import Tensor, chosen_device, load_weights, nn, placed, torch
from tennalytix.video.frame import Frame

_WINDOW = 3
_MEAN_RGB = (0.485, 0.456, 0.406)
_SPREAD_RGB = (0.229, 0.224, 0.225)
_BALL_HEAT = 21.0
"""Heat of a whole ball: targets are discs of radius 2.5 px, which hold 21 pixels."""


class TrackNetV2(nn.Module):
    """Three frames in, a heat map for each of them out: a U-Net.

    Has 11,334,147 parameters, named as in WASB-SBDT. Every convolution but the last is followed by ReLU, then by batch
    normalisation.
    """

    def __init__(self) -> None:
        super().__init__()
        self.inc = _named("double_conv", _convolutions(3 * _WINDOW, 64, 2))
        self.down1 = _down("double_conv", _convolutions(64, 128, 2))
        self.down2 = _down("triple_conv", _convolutions(128, 256, 3))
        self.down3 = _down("triple_conv", _convolutions(256, 512, 3))
        self.up1 = _named("conv", _named("triple_conv", _convolutions(512 + 256, 256, 3)))
        self.up2 = _named("conv", _named("double_conv", _convolutions(256 + 128, 128, 2)))
        self.up3 = _named("conv", _named("double_conv", _convolutions(128 + 64, 64, 2)))
        self.outc = _named("conv", nn.Conv2d(64, _WINDOW, 1))
        self.enlarge = nn.Upsample(scale_factor=2)

    def forward(self, x: Tensor) -> Tensor:
        """(n, 9, h, w), sides multiples of 8, gives logits, (n, 3, h, w)."""
        full = self.inc(x)  # (n, 64, h, w)
        half = self.down1(full)  # (n, 128, h / 2, w / 2)
        quarter = self.down2(half)  # (n, 256, h / 4, w / 4)
        x = self.down3(quarter)  # (n, 512, h / 8, w / 8)
        x = self.up1(torch.cat([quarter, self.enlarge(x)], 1))
        x = self.up2(torch.cat([half, self.enlarge(x)], 1))
        x = self.up3(torch.cat([full, self.enlarge(x)], 1))
        logits: Tensor = self.outc(x)
        return logits


def _convolutions(channels_in: int, channels_out: int, count: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for k in range(count):
        layers.append(nn.Conv2d(channels_out if k else channels_in, channels_out, 3, padding=1))
        layers += [nn.ReLU(inplace=True), nn.BatchNorm2d(channels_out)]
    return nn.Sequential(*layers)


def _named(name: str, module: nn.Module) -> nn.Sequential:
    """The module under a name of its own, which is part of its parameters' names."""
    wrapper = nn.Sequential()
    wrapper.add_module(name, module)
    return wrapper


def _down(name: str, module: nn.Module) -> nn.Sequential:
    return _named("maxpool_conv", nn.Sequential(nn.MaxPool2d(2), _named(name, module)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackNetV2BallDetector:
    """Finds the ball with TrackNetV2; on a CPU it takes about half a second a frame.

    No weights are named here, as no digest of those published is known: WASB-SBDT's model zoo has some for tennis. They
    are loaded at construction, by digest, and no code in them runs.

    Attributes:
        weights: path or address of a checkpoint, parameters named as in WASB-SBDT.
        weights_sha256: its digest.
        folder: where fetched weights are kept.
        step: frames from one window of three to the next: 3 looks at every frame once, 1 three times.
        max_candidates: the best so many of a frame.
        threshold: what is hotter may be the ball.
        weighted: places are centroids of heat; False takes every pixel of a blob for the same, as published.
        crop: for comparisons: pictures narrower than 16:9 lose what WASB-SBDT cuts off above and below.
        shift_px: added to places in the input, right and down. Training cut the ball's place down to whole pixels of
            the input: 0.4 pixels on average where videos are 1280x720. 0 is as published; 0.4 makes up for that.
        input_wh: size at which the network sees pictures, multiples of 8; its weights are trained for one size.
        batch_size: windows at once. One is fastest on a CPU.
        device: `auto` (a GPU if there is one), `cpu`, `cuda` or `cuda:1`.

    Examples:
        Catalog entry::

            ball_detector:
              type: tennalytix.datasets.DetectorDataset
              detector: tennalytix.detectors.ball_tracknet_v2.TrackNetV2BallDetector
              options: {weights: data/06_models/tracknetv2_tennis_best.pth.tar, weights_sha256: <64 digits>}
    """

    weights: str | None = None
    weights_sha256: str | None = None
    folder: str = "data/06_models"
    step: int = 3
    max_candidates: int = 8
    threshold: float = 0.5
    weighted: bool = True
    crop: bool = False
    shift_px: float = 0.0
    input_wh: Sequence[int] = (512, 288)
    batch_size: int = 1
    device: str = "auto"
    _network: TrackNetV2 = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_options(self.max_candidates, self.threshold, self.input_wh, self.batch_size)
        if not -8 < self.shift_px < 8:
            raise ValueError(f"shift_px must be a few pixels at most, got {self.shift_px}.")
        Windows(length=_WINDOW, step=self.step)
        if not self.weights or not self.weights_sha256:
            raise ValueError(
                f"weights and weights_sha256 must be given, got {self.weights!r} and {self.weights_sha256!r}, since "
                "there is no default for TrackNetV2. Name a checkpoint; `sha256sum FILE` prints its digest."
            )
        device = chosen_device(self.device)
        network = TrackNetV2()
        load_weights(network, "TrackNetV2", self.weights, self.weights_sha256, self.folder)
        object.__setattr__(self, "_network", placed(network, device))

    def detect(self, frames: Iterable[Frame]) -> Iterator[BallCandidates]:
        """One answer a frame, in order."""
        return detect_in_windows(
            frames,
            see=lambda image: fit(image, (self.input_wh[0], self.input_wh[1]), crop=self.crop),
            look=self._look,
            read=self._read,
            windows=Windows(length=_WINDOW, step=self.step),
            max_candidates=self.max_candidates,
            batch_size=self.batch_size,
        )

    def _look(self, windows: Sequence[Sequence[Image]]) -> NDArray[np.float32]:
        device = next(self._network.parameters()).device
        with torch.inference_mode():
            x = torch.from_numpy(np.array(windows)).to(device).float() / 255  # (n, 3, h, w, 3)
            x = (x - torch.tensor(_MEAN_RGB, device=device)) / torch.tensor(_SPREAD_RGB, device=device)
            x = x.permute(0, 1, 4, 2, 3).flatten(1, 2)  # (n, 9, h, w), oldest frame first
            heat: NDArray[np.float32] = self._network(x).sigmoid().cpu().numpy()
        return heat

    def _read(self, heatmap: NDArray[np.float32], placement: Placement) -> BallCandidates:
        return find_candidates(
            heatmap,
            placement.shifted(self.shift_px),
            threshold=self.threshold,
            ball_heat=_BALL_HEAT,
            max_candidates=self.max_candidates,
            weighted=self.weighted,
        )
