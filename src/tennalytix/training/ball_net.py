"""The ball network, read from top to bottom."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tennalytix.training.people_net import conv

OUTPUT_STRIDE = 4
"""Pixels of a window a side of one cell of the output."""
_CLEARER = 4.0
"""Differences in brightness are small: they enter multiplied."""


class BallNet(nn.Module):
    """A ball in a window of five moments: for every cell of four by four pixels, whether it lies there, and where.

    Fully convolutional: windows of any size, in multiples of eight pixels. What is brighter than before and after is
    worked out beforehand, as the motion detector does.
    """

    def __init__(self, widths: tuple[int, int, int] = (24, 32, 64)) -> None:
        super().__init__()
        w2, w4, w8 = widths
        self.stem = conv(9, w2, stride=2)
        self.stage4 = nn.Sequential(conv(w2, w4, stride=2), conv(w4, w4))
        self.stage8 = nn.Sequential(conv(w4, w8, stride=2), conv(w8, w8))
        self.lateral = conv(w8, w4, kernel=1)
        self.head = conv(w4, w4)
        self.score = nn.Conv2d(w4, 1, 1)
        self.place = nn.Conv2d(w4, 2, 1)
        # Nearly every cell is empty: without this the first steps only learn that.
        nn.init.constant_(self.score.bias, -4.6)  # type: ignore[arg-type]
        nn.init.normal_(self.score.weight, std=0.01)
        nn.init.normal_(self.place.weight, std=0.01)

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and places of a batch.

        Args:
            windows: (n, 7, h, w), [0, 255]: brightness of five moments, red and blue chroma.

        Returns:
            Logits, (n, h / 4, w / 4), and where the ball is from the cell's middle, in cells, (n, 2, h / 4, w / 4).
        """
        x4 = self.stage4(self.stem(features(windows)))  # (n, 32, h/4, w/4)
        x8 = self.lateral(self.stage8(x4))  # (n, 32, h/8, w/8)
        x4 = self.head(x4 + functional.interpolate(x8, scale_factor=2.0))
        return self.score(x4)[:, 0], self.place(x4)


def features(windows: Tensor) -> Tensor:
    """Brightness now, differences to the others, what is brighter than before and after, chroma: (n, 9, h, w)."""
    x = windows / 255 - 0.5
    now = x[:, 2:3]
    apart = (now - x[:, [0, 1, 3, 4]]) * _CLEARER
    near = torch.minimum(apart[:, 1:2], apart[:, 2:3])
    far = torch.minimum(apart[:, 0:1], apart[:, 3:4])
    return torch.cat([now, apart, near, far, x[:, 5:7] * 2], 1)


class BallAnswers(nn.Module):
    """The network as detectors run it: bytes in; scores and places in pixels of the window out."""

    def __init__(self, network: BallNet) -> None:
        super().__init__()
        self.network = network
        # Scores become shares of true answers by these: see `ball.calibrate`.
        self.steepness = nn.Parameter(torch.ones(1), requires_grad=False)
        self.shift = nn.Parameter(torch.zeros(1), requires_grad=False)

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Scores, (n, h / 4, w / 4), and offsets from the cell's middle in pixels, (n, 2, h / 4, w / 4)."""
        logits, places = self.network(windows.float())
        return torch.sigmoid(logits * self.steepness + self.shift), places * OUTPUT_STRIDE
