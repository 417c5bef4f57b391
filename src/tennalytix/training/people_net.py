"""The person network, read from top to bottom."""

import torch
from torch import Tensor, nn
from torch.nn import functional

OUTPUT_STRIDE = 8
"""Pixels of the picture a side of one cell of the output."""


def conv(channels_in: int, channels_out: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """A bottleneck of half the channels beside a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels // 2, kernel=1), conv(channels // 2, channels))

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        return x + self.body(x)  # type: ignore[no-any-return]


class Context(nn.Module):
    """Pooling over windows of several sizes: what surrounds a place, for people larger than a convolution's view."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow = conv(channels, channels // 2, kernel=1)
        self.mix = conv(channels * 2, channels, kernel=1)

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        x = self.narrow(x)
        near = functional.max_pool2d(x, 5, 1, 2)
        far = functional.max_pool2d(near, 5, 1, 2)
        return self.mix(torch.cat([x, near, far, functional.max_pool2d(far, 5, 1, 2)], 1))  # type: ignore[no-any-return]


def stage(channels_in: int, channels_out: int, blocks: int) -> nn.Sequential:
    """Halves the resolution, then looks closely."""
    return nn.Sequential(conv(channels_in, channels_out, stride=2), *(Residual(channels_out) for _ in range(blocks)))


class PeopleNet(nn.Module):
    """People in a picture: for every cell of eight by eight pixels, whether somebody's centre lies there, and the box.

    A small residual network with a feature pyramid down to stride 8 and one head. Motion enters at half resolution as
    two difference pictures; both are left black at random in training, so that it sees people who stand still too.
    """

    def __init__(self, widths: tuple[int, int, int, int, int] = (16, 40, 64, 96, 128)) -> None:
        super().__init__()
        w2, w4, w8, w16, w32 = widths
        self.image = conv(3, w2, stride=2)
        self.motion = conv(2, w2 // 2)
        self.stage4 = nn.Sequential(conv(w2 + w2 // 2, w4, stride=2), conv(w4, w4, groups=w4), conv(w4, w4, kernel=1))
        self.stage8 = stage(w4, w8, 2)
        self.stage16 = stage(w8, w16, 3)
        self.stage32 = nn.Sequential(stage(w16, w32, 3), Context(w32))
        self.lateral32 = conv(w32, w16, kernel=1)
        self.join16 = conv(w16, w8)
        self.lateral4 = conv(w4, w8, stride=2)
        self.join8 = conv(w8, w8)
        self.head = conv(w8, w8)
        self.score = nn.Conv2d(w8, 1, 1)
        self.box = nn.Conv2d(w8, 4, 1)
        self._start()

    def forward(self, image: Tensor, motion: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and boxes of a batch.

        Args:
            image: (n, 3, h, w), [0, 255].
            motion: (n, 2, h / 2, w / 2), [0, 255].

        Returns:
            Logits, (n, 1, h / 8, w / 8), and logarithms of the distances from the cell's middle to the box's left,
            top, right and lower edge in cells, (n, 4, h / 8, w / 8).
        """
        x2 = torch.cat([self.image(image / 255), self.motion(motion / 255)], 1)  # (n, 24, h/2, w/2)
        x4 = self.stage4(x2)  # (n, 40, h/4, w/4)
        x8 = self.stage8(x4)  # (n, 64, h/8, w/8)
        x16 = self.stage16(x8)  # (n, 96, h/16, w/16)
        x32 = self.lateral32(self.stage32(x16))  # (n, 96, h/32, w/32)
        x16 = self.join16(x16 + functional.interpolate(x32, scale_factor=2.0))  # (n, 64, h/16, w/16)
        x8 = x8 + functional.interpolate(x16, scale_factor=2.0) + self.lateral4(x4)  # (n, 64, h/8, w/8)
        x8 = self.head(self.join8(x8))
        return self.score(x8), self.box(x8)

    def _start(self) -> None:
        # Nearly every cell is empty: without this the first steps only learn that.
        nn.init.constant_(self.score.bias, -4.6)  # type: ignore[arg-type]
        nn.init.normal_(self.score.weight, std=0.01)
        nn.init.normal_(self.box.weight, std=0.01)


class Answers(nn.Module):
    """The network as detectors run it: bytes in; scores and boxes in pixels of the picture out."""

    def __init__(self, network: PeopleNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor, motion: Tensor) -> tuple[Tensor, Tensor]:
        """Scores, (n, h / 8, w / 8), and distances in pixels, (n, 4, h / 8, w / 8), of uint8 pictures."""
        logits, boxes = self.network(image.float(), motion.float())
        return torch.sigmoid(logits[:, 0]), torch.exp(boxes) * OUTPUT_STRIDE
