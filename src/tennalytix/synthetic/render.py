"""Draws the frames of a rally, each with its truth."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.ball import BallMark, mark_ball
from tennalytix.synthetic.bystanders import bystanders_of
from tennalytix.synthetic.camera_path import CameraPath
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.clock import Clock
from tennalytix.synthetic.composer import Composer
from tennalytix.synthetic.crowd_regions import crowd_regions
from tennalytix.synthetic.events import events_of, status_by_frame
from tennalytix.synthetic.film import Film
from tennalytix.synthetic.light import light_of
from tennalytix.synthetic.officials import officials_of
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.overlay import ScoreBox
from tennalytix.synthetic.people import Person, dress_players
from tennalytix.synthetic.rally import write_script
from tennalytix.synthetic.scene import Scene
from tennalytix.synthetic.script import Script
from tennalytix.synthetic.truth import NO_BALL, BallTruth, FrameTruth, PersonTruth, RallyTruth

_BALL_SAMPLES = 9


@dataclass(eq=False, slots=True)
class RenderedRally:
    """Frames of a rally, drawn when asked for, and their truth.

    Iterating gives images, uint8, (h, w, 3), RGB. `truth` is complete at any time: what was not drawn is drawn for it.

    Attributes:
        options: what it was rendered with.
        script: who hits what where.
    """

    options: RallyOptions
    script: Script = field(repr=False)
    _renderer: "Renderer" = field(repr=False)
    _frames: dict[int, FrameTruth] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.options.frame_count

    def __iter__(self) -> Iterator[Image]:
        for image, _ in self.pairs():
            yield image

    def pairs(self) -> Iterator[tuple[Image, FrameTruth]]:
        """Images with their truth, in order."""
        last: tuple[int, Image] | None = None
        for index in range(len(self)):
            exposure = self._renderer.clock.exposure_of(index)
            if last is None or last[0] != exposure:
                last = (exposure, self._draw(index))
            yield last[1], self.frame_truth(index)

    def __getitem__(self, frame_index: int) -> Image:
        if not -len(self) <= frame_index < len(self):
            raise IndexError(f"frame_index must lie in [-{len(self)}, {len(self)}), got {frame_index}.")
        return self._draw(frame_index % len(self))

    def image(self, frame_index: int) -> Image:
        """One frame, the same bytes in whatever order frames are drawn; no other is drawn for it."""
        if not 0 <= frame_index < len(self):
            raise ValueError(f"frame_index must lie in [0, {len(self)}), got {frame_index}.")
        return self._draw(frame_index)

    def pair(self, frame_index: int) -> tuple[Image, FrameTruth]:
        """One frame with its truth, drawn once."""
        return self.image(frame_index), self.frame_truth(frame_index)

    @property
    def truth(self) -> RallyTruth:
        """The truth of the whole clip."""
        frames = tuple(self.frame_truth(i) for i in range(len(self)))
        hits, bounces = events_of(self.script, self._renderer.clock, len(self))
        return RallyTruth(self.options.size_wh, self.options.frame_rate, self.options.moves, frames, hits, bounces)

    def _draw(self, frame_index: int) -> Image:
        image, truth = self._renderer.draw(frame_index)
        self._frames[frame_index] = truth
        return image

    def frame_truth(self, frame_index: int) -> FrameTruth:
        """The truth of one frame, which is drawn for it unless it has been."""
        if frame_index not in self._frames:
            first = self._renderer.clock.exposure_of(frame_index)
            same = [
                i
                for i in (frame_index - 1, frame_index + 1)
                if i in self._frames and self._renderer.clock.exposure_of(i) == first
            ]
            if not same:
                self._draw(frame_index)
            else:
                self._frames[frame_index] = self._renderer.retimed(self._frames[same[0]], frame_index)
        return self._frames[frame_index]


def render_rally(options: RallyOptions) -> RenderedRally:
    """A rally ready to be drawn; the same options give the same pixels.

    Examples:
        >>> rally = render_rally(RallyOptions(size_wh=(192, 108), duration_s=0.08, officials=False))
        >>> [image.shape for image in rally]
        [(108, 192, 3), (108, 192, 3)]
    """
    script = write_script(options)
    return RenderedRally(options, script, Renderer(options, script))


class Renderer:
    """Draws single frames."""

    def __init__(self, options: RallyOptions, script: Script) -> None:
        self.options, self.script = options, script
        self.clock = Clock(options.frame_rate, options.repeat_every)
        self._cameras = CameraPath.of(options, script)
        rate = float(self.clock.exposure_rate)
        self._exposure_s = options.shutter / rate
        scene = Scene.build(options, self._cameras.reference, self._cameras.reach_px(), rate)
        light = light_of(options.light, np.random.default_rng([options.seed, 6]), options.sun)
        box = ScoreBox.random(options.size_wh, np.random.default_rng([options.seed, 7])) if options.score_box else None
        people: list[Person] = [*dress_players(script.players, options.seed, options.looks, options.surface)]
        people += officials_of(options, script) if options.officials else []
        people += bystanders_of(options)
        self._stands = scene.stands
        self._composer = Composer(scene, light, people, len(script.players), box, options.size_wh)
        self._film = Film(options.noise, options.size_wh, options.seed, options.finish)
        self._status = status_by_frame(*events_of(script, self.clock, options.frame_count))

    def draw(self, frame_index: int) -> tuple[Image, FrameTruth]:
        """A frame and its truth."""
        exposure, time_s = self.clock.exposure_of(frame_index), self.clock.scene_time_s(frame_index)
        moments = self._moments(time_s)
        camera = self._cameras.at(time_s)
        mark, ball_m = self._ball(time_s)
        picture = self._composer.compose(exposure, moments, camera, mark, ball_m)
        people = picture.people
        ball = NO_BALL if mark is None or ball_m is None else picture.ball_truth(mark, ball_m, self.options.size_wh)
        count = len(self.script.players)
        truth = FrameTruth(
            frame_index, float(frame_index / self.options.frame_rate), self.clock.is_repeated(frame_index),
            self._with_status(ball, frame_index),
            _present(people[:count]), _present(people[count:]), camera.court_view(),
            crowd_regions(self._stands, camera, self.options.size_wh),
        )  # fmt: skip
        return self._film.expose(picture.image, exposure), truth

    def retimed(self, truth: FrameTruth, frame_index: int) -> FrameTruth:
        """The truth of another frame that shows the same picture."""
        ball = self._with_status(truth.ball, frame_index)
        time_s, repeated = float(frame_index / self.options.frame_rate), self.clock.is_repeated(frame_index)
        return FrameTruth(
            frame_index, time_s, repeated, ball, truth.players, truth.others, truth.court_view, truth.crowd
        )

    def _with_status(self, ball: BallTruth, frame_index: int) -> BallTruth:
        status = self._status.get(frame_index, 0)
        return BallTruth(ball.visibility, ball.xy, ball.xyz_m, status, ball.visible_share, ball.radius_px)

    def _moments(self, time_s: float) -> NDArray[np.float64]:
        """Instants that make up the exposure, its middle among them."""
        result: NDArray[np.float64] = time_s + np.linspace(-0.5, 0.5, _BALL_SAMPLES) * self._exposure_s
        return result

    def _ball(self, time_s: float) -> tuple[BallMark | None, NDArray[np.float64] | None]:
        centre = self.script.ball_m(time_s)
        if centre is None:
            return None, None
        times = self._moments(time_s) if self._exposure_s > 0 else np.array([time_s])
        places = [self.script.ball_m(t) for t in times]
        way = np.array([centre if p is None else p for p in places])
        cameras: list[Camera] = (
            [self._cameras.at(t) for t in times] if self.options.moves else [self._cameras.reference]
        )
        return mark_ball(way, cameras, self.options.size_wh), centre


def _present(people: list[PersonTruth | None]) -> tuple[PersonTruth, ...]:
    return tuple(p for p in people if p is not None)
