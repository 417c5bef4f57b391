"""The ball by WASB (Tarashima et al., 2023, arXiv 2311.05237), in the layout of its published Torch checkpoints."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from tennalytix.detectors.ball_sbdt import WINDOW, SbdtBallDetector
from tennalytix.detectors.torch_checkpoint import Tensor, nn

_WIDTHS = (16, 32, 64, 128)
"""Channels at full, half, quarter and eighth resolution."""


class Wasb(nn.Module):
    """Three frames in, a heat map for each of them out: an HRNet that keeps full resolution from end to end.

    Has 1,481,427 parameters, named as in WASB-SBDT. Each stage adds a branch of half the resolution, and mixes all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = _conv(3 * WINDOW, 64), nn.BatchNorm2d(64)
        self.conv2, self.bn2 = _conv(64, 64), nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = nn.Sequential(Bottleneck(64, 32))
        self.transition1 = nn.ModuleList([_unit(128, 16), nn.Sequential(_unit(128, 32, 2))])
        self.stage2 = nn.Sequential(Stage(_WIDTHS[:2]))
        self.transition2 = _one_branch_more(_WIDTHS[:3])
        self.stage3 = nn.Sequential(Stage(_WIDTHS[:3]))
        self.transition3 = _one_branch_more(_WIDTHS[:4])
        self.stage4 = nn.Sequential(Stage(_WIDTHS[:4]))
        self.final_layers = nn.ModuleList([nn.Conv2d(_WIDTHS[0], WINDOW, 1)])

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
class WasbBallDetector(SbdtBallDetector):
    """Finds the ball with WASB, the most exact of the published networks for tennis.

    The default weights are those of WASB-SBDT's model zoo for tennis (MIT licence), fetched once, 6 MB. Options are
    those of `SbdtBallDetector`.

    Examples:
        Catalog entry::

            ball_detector:
              type: tennalytix.datasets.DetectorDataset
              detector: tennalytix.detectors.ball_wasb.WasbBallDetector
              options: {step: 1}
    """

    network: ClassVar[type[nn.Module]] = Wasb
    network_name: ClassVar[str] = "WASB"

    weights: str | None = "https://drive.google.com/uc?export=download&id=14AeyIOCQ2UaQmbZLNQJa1H_eSwxUXk7z"
    weights_sha256: str | None = "9d391239ab10c733f8e5bfadf16ab72838e7a8ebc88e8ae2038501c03d42b4bb"
