"""What the networks of WASB-SBDT share: three frames in, a heat map for each of them out, weights by digest."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.ball_heatmap import Image, Placement, find_candidates, fit
from tennalytix.detectors.ball_windows import Windows, check_options, detect_in_windows
from tennalytix.detectors.base import BallCandidates
from tennalytix.detectors.torch_checkpoint import chosen_device, load_weights, nn, placed, torch
from tennalytix.video.frame import Frame

WINDOW = 3
_MEAN_RGB = (0.485, 0.456, 0.406)
_SPREAD_RGB = (0.229, 0.224, 0.225)
_BALL_HEAT = 21.0
"""Heat of a whole ball: targets are discs of radius 2.5 px, which hold 21 pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SbdtBallDetector:
    """Finds the ball with a network trained by WASB-SBDT; those derived from it name the network.

    Weights are loaded at construction, by digest, and no code in them runs.

    Attributes:
        weights: path or address of a checkpoint, parameters named as in WASB-SBDT.
        weights_sha256: its digest.
        folder: where fetched weights are kept.
        step: frames from one window of three to the next: 3 looks at every frame once; 1 looks three times, which costs
            three times as much and is a little more exact.
        max_candidates: the best so many of a frame.
        threshold: what is hotter may be the ball.
        weighted: places are centroids of heat; False takes every pixel of a blob for the same.
        crop: for comparisons: pictures narrower than 16:9 lose what WASB-SBDT cuts off above and below.
        shift_px: added to places in the input, right and down. Training cut the ball's place down to whole pixels of
            the input: 0.4 pixels on average where videos are 1280x720. 0 is as published; 0.4 makes up for that.
        input_wh: size at which the network sees pictures, multiples of 8; its weights are trained for one size.
        batch_size: windows at once. One is fastest on a CPU.
        device: `auto` (a GPU if there is one), `cpu`, `cuda` or `cuda:1`.
    """

    network: ClassVar[type[nn.Module]]
    network_name: ClassVar[str]

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
    _network: nn.Module = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_options(self.max_candidates, self.threshold, self.input_wh, self.batch_size)
        if not -8 < self.shift_px < 8:
            raise ValueError(f"shift_px must be a few pixels at most, got {self.shift_px}.")
        Windows(length=WINDOW, step=self.step)
        if not self.weights or not self.weights_sha256:
            raise ValueError(
                f"weights and weights_sha256 must be given, got {self.weights!r} and {self.weights_sha256!r}, since "
                f"there is no default for {self.network_name}. Name a checkpoint; `sha256sum FILE` prints its digest."
            )
        device = chosen_device(self.device)
        network = self.network()
        load_weights(network, self.network_name, self.weights, self.weights_sha256, self.folder)
        object.__setattr__(self, "_network", placed(network, device))

    def detect(self, frames: Iterable[Frame]) -> Iterator[BallCandidates]:
        """One answer a frame, in order."""
        return detect_in_windows(
            frames,
            see=lambda image: fit(image, (self.input_wh[0], self.input_wh[1]), crop=self.crop),
            look=self._look,
            read=self._read,
            windows=Windows(length=WINDOW, step=self.step),
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
