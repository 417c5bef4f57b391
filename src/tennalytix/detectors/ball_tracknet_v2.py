"""The ball by TrackNetV2 (Sun et al., 2020), in the layout of WASB-SBDT's Torch checkpoints."""

from dataclasses import dataclass
from typing import ClassVar

from tennalytix.detectors.ball_sbdt import WINDOW, SbdtBallDetector
from tennalytix.detectors.torch_checkpoint import Tensor, nn, torch


class TrackNetV2(nn.Module):
    """Three frames in, a heat map for each of them out: a U-Net.

    Has 11,334,147 parameters, named as in WASB-SBDT. Every convolution but the last is followed by ReLU, then by batch
    normalisation.
    """

    def __init__(self) -> None:
        super().__init__()
        self.inc = _named("double_conv", _convolutions(3 * WINDOW, 64, 2))
        self.down1 = _down("double_conv", _convolutions(64, 128, 2))
        self.down2 = _down("triple_conv", _convolutions(128, 256, 3))
        self.down3 = _down("triple_conv", _convolutions(256, 512, 3))
        self.up1 = _named("conv", _named("triple_conv", _convolutions(512 + 256, 256, 3)))
        self.up2 = _named("conv", _named("double_conv", _convolutions(256 + 128, 128, 2)))
        self.up3 = _named("conv", _named("double_conv", _convolutions(128 + 64, 64, 2)))
        self.outc = _named("conv", nn.Conv2d(64, WINDOW, 1))
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
class TrackNetV2BallDetector(SbdtBallDetector):
    """Finds the ball with TrackNetV2; on a CPU it takes about half a second a frame.

    No weights are named here, as no digest of those published is known: WASB-SBDT's model zoo has some for tennis.
    Options are those of `SbdtBallDetector`; `weighted: false` reads heat maps as published.

    Examples:
        Catalog entry::

            ball_detector:
              type: tennalytix.datasets.DetectorDataset
              detector: tennalytix.detectors.ball_tracknet_v2.TrackNetV2BallDetector
              options: {weights: data/06_models/tracknetv2_tennis_best.pth.tar, weights_sha256: <64 digits>}
    """

    network: ClassVar[type[nn.Module]] = TrackNetV2
    network_name: ClassVar[str] = "TrackNetV2"
