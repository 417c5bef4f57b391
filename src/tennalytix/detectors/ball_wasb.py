"""The ball by WASB (Tarashima et al., 2023, arXiv 2311.05237), in the layout of its published Torch checkpoints."""

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
_WIDTHS = (16, 32, 64, 128)
"""Channels at full, half, quarter and eighth resolution."""
_MEAN_RGB = (0.485, 0.456, 0.406)
_SPREAD_RGB = (0.229, 0.224, 0.225)
_BALL_HEAT = 21.0
"""Heat of a whole ball: targets are discs of radius 2.5 px, which hold 21 pixels."""


class Wasb(nn.Module):
    """Three frames in, a heat map for each of them out: an HRNet that keeps full resolution from end to end.

    Has 1,481,427 parameters, named as in WASB-SBDT. Each stage adds a branch of half the resolution, and mixes all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = _conv(3 * _WINDOW, 64), nn.BatchNorm2d(64)
        self.conv2, self.bn2 = _conv(64, 64), nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = nn.Sequential(Bottleneck(64, 32))
        self.transition1 = nn.ModuleList([_unit(128, 16), nn.Sequential(_unit(128, 32, 2))])
        self.stage2 = nn.Sequential(Stage(_WIDTHS[:2]))
        self.transition2 = _one_branch_more(_WIDTHS[:3])
        self.stage3 = nn.Sequential(Stage(_WIDTHS[:3]))
        self.transition3 = _one_branch_more(_WIDTHS[:4])
        self.stage4 = nn.Sequential(Stage(_WIDTHS[:4]))
        self.final_layers = nn.ModuleList([nn.Conv2d(_WIDTHS[0], _WINDOW, 1)])

    def forward(self, x: Tensor) -> Tensor:
        """(n, 9, h, w), sides multiples of 8, gives logits, (n, 3, h, w)."""
        x = self.relu(self.bn1(self.conv1(x)))  # (n, 64, h, w)
        x = self.relu(self.bn2(self.conv2(x)))
        branches = [self.layer1(x)]  # (n, 128, h, w)
        for transition, stage in (
            (self.transition1, self.stage2),
            (self.transition2, self.stage3),
            (self.transition3, self.stage4),
        ):
            # What is new comes from the coarsest branch that there is.
            branches = stage([step(branches[min(k, len(branches) - 1)]) for k, step in enumerate(transition)])
        logits: Tensor = self.final_layers[0](branches[0])
        return logits


class Stage(nn.Module):
    """Branches of falling resolution, each taken on for itself; then each gets the sum of all."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(nn.Sequential(Residual(w), Residual(w)) for w in widths)
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(_between(widths, source, target) for source in range(len(widths)))
            for target in range(len(widths))
        )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: list[Tensor]) -> list[Tensor]:
        """A tensor for each branch, (n, widths[k], h / 2**k, w / 2**k), in and out."""
        own = [branch(part) for branch, part in zip(self.branches, x, strict=True)]
        mixed = []
        for layers in self.fuse_layers:
            parts = [layer(part) for layer, part in zip(layers, own, strict=True)]  # type: ignore[call-overload]
            mixed.append(self.relu(sum(parts[1:], parts[0])))
        return mixed


class Residual(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = _conv(width, width), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = _conv(width, width), nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y)) + x
        return self.relu(y)  # type: ignore[no-any-return]


class Bottleneck(nn.Module):
    """A convolution between two that narrow and widen, beside a shortcut that widens too."""

    def __init__(self, channels_in: int, width: int) -> None:
        super().__init__()
        wide = 4 * width
        self.conv1, self.bn1 = _conv(channels_in, width, kernel=1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = _conv(width, width), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = _conv(width, wide, kernel=1), nn.BatchNorm2d(wide)
        self.downsample = nn.Sequential(_conv(channels_in, wide, kernel=1), nn.BatchNorm2d(wide))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels_in, h, w) gives (n, 4 * width, h, w)."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y)) + self.downsample(x)
        return self.relu(y)  # type: ignore[no-any-return]


def _conv(channels_in: int, channels_out: int, stride: int = 1, kernel: int = 3) -> nn.Conv2d:
    return nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False)


def _unit(channels_in: int, channels_out: int, stride: int = 1, *, rectified: bool = True) -> nn.Sequential:
    """Convolution, batch normalisation, ReLU."""
    layers = [_conv(channels_in, channels_out, stride), nn.BatchNorm2d(channels_out)]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if rectified else []))


def _one_branch_more(widths: Sequence[int]) -> nn.ModuleList:
    *kept, last, new = widths
    return nn.ModuleList([*(nn.Identity() for _ in (*kept, last)), nn.Sequential(_unit(last, new, 2))])


def _between(widths: Sequence[int], source: int, target: int) -> nn.Module:
    """Takes one branch's tensor to another's shape."""
    if source == target:
        return nn.Identity()
    if source > target:
        narrow = _conv(widths[source], widths[target], kernel=1)
        return nn.Sequential(
            narrow, nn.BatchNorm2d(widths[target]), nn.Upsample(scale_factor=float(2 ** (source - target)))
        )
    halvings = [_unit(widths[source], widths[source], 2) for _ in range(target - source - 1)]
    return nn.Sequential(*halvings, _unit(widths[source], widths[target], 2, rectified=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class WasbBallDetector:
    """Finds the ball with WASB, the most exact of the published networks for tennis.

    The default weights are those of WASB-SBDT's model zoo for tennis (MIT licence), fetched once, 6 MB. They are loaded
    at construction, by digest, and no code in them runs.

    Attributes:
        weights: path or address of a checkpoint, parameters named as in WASB-SBDT.
        weights_sha256: its digest.
        folder: where fetched weights are kept.
        step: frames from one window of three to the next: 3 looks at every frame once; 1 looks three times, which costs
            three times as much and is a little more exact.
        max_candidates: the best so many of a frame.
        threshold: what is hotter may be the ball.
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
              detector: tennalytix.detectors.ball_wasb.WasbBallDetector
              options: {step: 1}
    """

    weights: str = "https://drive.google.com/uc?export=download&id=14AeyIOCQ2UaQmbZLNQJa1H_eSwxUXk7z"
    weights_sha256: str = "9d391239ab10c733f8e5bfadf16ab72838e7a8ebc88e8ae2038501c03d42b4bb"
    folder: str = "data/06_models"
    step: int = 3
    max_candidates: int = 8
    threshold: float = 0.5
    crop: bool = False
    shift_px: float = 0.0
    input_wh: Sequence[int] = (512, 288)
    batch_size: int = 1
    device: str = "auto"
    _network: Wasb = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_options(self.max_candidates, self.threshold, self.input_wh, self.batch_size)
        if not -8 < self.shift_px < 8:
            raise ValueError(f"shift_px must be a few pixels at most, got {self.shift_px}.")
        Windows(length=_WINDOW, step=self.step)
        device = chosen_device(self.device)
        network = Wasb()
        load_weights(network, "WASB", self.weights, self.weights_sha256, self.folder)
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
        )
