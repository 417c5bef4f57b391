"""What is drawn lies where the truth says."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest

from tennalytix.core.court import LINES, CourtLine
from tennalytix.core.court_view import CourtView
from tennalytix.synthetic.camera_path import reference_camera
from tennalytix.synthetic.composer import Composer
from tennalytix.synthetic.light import Daylight, light_of
from tennalytix.synthetic.options import AMATEUR, RallyOptions
from tennalytix.synthetic.palette import BALL
from tennalytix.synthetic.people import dress_players
from tennalytix.synthetic.rally import write_script
from tennalytix.synthetic.render import Renderer, render_rally
from tennalytix.synthetic.scene import Scene
from tennalytix.synthetic.sprite import BODY_COVER, draw_person

PLAIN = RallyOptions(
    surface="clay",
    officials=False,
    noise=0.0,
    score_box=False,
    duration_s=4.0,
    light="flat",
    size_wh=(960, 540),
    seed=3,
)


def _line_offsets_px(image: np.ndarray, view: CourtView, line: CourtLine, farthest_m: float) -> list[float]:
    """Signed distances from where the view puts a line's centre line to the middle of its brightness."""
    start, end = np.array(line.start), np.array(line.end)
    grey = image.astype(np.float32).min(axis=2)
    along = (end - start) / np.hypot(*(end - start))
    return [
        offset
        for share in np.linspace(0.04, 0.96, 61)
        for offset in _offset_at(grey, view, start + share * (end - start), along, line, farthest_m)
    ]


def _offset_at(
    grey: np.ndarray, view: CourtView, here: np.ndarray, along: np.ndarray, line: CourtLine, farthest_m: float
) -> Iterator[float]:
    behind_net = -0.3 < here[1] < 7.0 or here[1] > farthest_m
    if behind_net or _nearest_other_m(line, here) < 0.6:
        return
    (x, y), (x2, y2) = view.court_to_image([here, here + 0.05 * along])
    if not (12 < x < grey.shape[1] - 12 and 12 < y < grey.shape[0] - 12):
        return
    normal = np.array([-(y2 - y), x2 - x]) / np.hypot(x2 - x, y2 - y)
    steps = np.arange(-5, 5.01, 0.1)
    places = (np.array([x, y]) + steps[:, None] * normal).astype(np.float32)
    profile = cv2.remap(grey, places[:, 0], places[:, 1], cv2.INTER_LINEAR).ravel()
    raised = profile - np.interp(steps, [-4, 4], [profile[:20].mean(), profile[-20:].mean()])
    if raised.max() > 25:
        bright = np.clip(raised - 0.3 * raised.max(), 0, None)
        yield float((steps * bright).sum() / bright.sum())


def _nearest_other_m(line: CourtLine, here: np.ndarray) -> float:
    ends = [(np.minimum(o.start, o.end), np.maximum(o.start, o.end)) for o in LINES if o.name != line.name]
    return float(min(np.hypot(*(here - np.clip(here, low, high))) for low, high in ends))


@pytest.mark.parametrize(
    ("changes", "farthest_m"),
    [({"k1": -0.03, "pan_px": 40.0}, 13.0), ({"camera": AMATEUR, "venue": "club", "k1": 0.02}, 0.0)],
)
def test_lines_are_drawn_where_the_court_view_puts_them(changes: dict, farthest_m: float) -> None:
    rally = render_rally(replace(PLAIN, **changes))
    image, view = rally.image(80), rally.frame_truth(80).court_view
    offsets = {line.name: _line_offsets_px(image, view, line, farthest_m) for line in LINES}
    medians = {name: float(np.median(values)) for name, values in offsets.items() if len(values) >= 8}

    assert len(medians) >= 6
    assert max(map(abs, medians.values())) < 0.2, medians


def test_ball_is_drawn_where_the_truth_puts_it() -> None:
    options = replace(PLAIN, shutter=0.5)
    script = write_script(options)
    with_ball, without = Renderer(options, script), Renderer(options, replace(script, legs=()))
    errors = []
    for index in range(51, 62, 2):
        image, truth = with_ball.draw(index)
        # Far above the ground there is no shadow beside the ball that would count.
        if truth.ball.visible_share < 0.999 or truth.ball.xyz_m[2] < 0.7:
            continue
        # Along the way from the background's colour to the ball's: over a white line green alone would hardly tell.
        behind = without.draw(index)[0].astype(np.float64)
        way = np.array(BALL) - behind
        cover = ((image - behind) * way).sum(axis=2) / np.maximum((way**2).sum(axis=2), 400)
        x, y = np.meshgrid(np.arange(cover.shape[1]), np.arange(cover.shape[0]))
        near = np.clip(cover, 0, 1) * (np.hypot(x - truth.ball.xy[0], y - truth.ball.xy[1]) < 30)
        errors.append(
            np.hypot((near * x).sum() / near.sum() - truth.ball.xy[0], (near * y).sum() / near.sum() - truth.ball.xy[1])
        )

    assert len(errors) >= 3
    assert max(errors) < 0.05


@dataclass(frozen=True)
class _Unarmed:
    """A player without a racket, so that all that is drawn is body."""

    person: object

    def __getattr__(self, name: str) -> object:
        return getattr(self.person, name)

    def moment(self, time_s: float) -> tuple:
        return self.person.moment(time_s)[0], None


def test_boxes_are_the_edges_of_the_drawn_bodies() -> None:
    script, camera = write_script(PLAIN), reference_camera(PLAIN)
    scene = Scene.build(PLAIN, camera, 0.0, 25.0)
    lighting = light_of("flat", np.random.default_rng(0)).lighting
    people = [_Unarmed(p) for p in dress_players(script.players, 1)]
    for time_s in (0.0, 1.9, 2.05, 3.1):
        moments = np.full(3, time_s)
        picture = Composer(scene, Daylight(lighting), people, 2, None, PLAIN.size_wh).compose(
            0, moments, camera, None, None
        )
        empty = Composer(scene, Daylight(lighting), [], 0, None, PLAIN.size_wh).compose(0, moments, camera, None, None)
        changed = np.abs(picture.image.astype(int) - empty.image).max(axis=2) > 6
        for person, truth in zip(people, picture.people, strict=True):
            sprite = draw_person([person.moment(time_s)], camera, lighting, PLAIN.size_wh)
            rows, columns = np.nonzero(sprite.body)
            exact = [
                sprite.left + columns.min(),
                sprite.top + rows.min(),
                sprite.left + columns.max() + 1,
                sprite.top + rows.max() + 1,
            ]
            x1, y1, x2, y2 = (truth.xyxy + 0.5).astype(int)
            seen_rows, seen_columns = np.nonzero(changed[y1 - 8 : y2 + 8, x1 - 8 : x2 + 8])

            assert truth.xyxy.tolist() == [v - 0.5 for v in exact]
            # In the finished frame the soft edge reaches a pixel further.
            assert abs(seen_columns.min() - 8) <= 1
            assert abs(seen_columns.max() + 1 - (x2 - x1 + 8)) <= 1
            assert abs(seen_rows.min() - 8) <= 1
            assert abs(seen_rows.max() + 1 - (y2 - y1 + 8)) <= 1


def test_keypoints_follow_the_shaking_camera() -> None:
    rally = render_rally(replace(PLAIN, size_wh=(320, 180), shake_px=2.0))
    first, later = rally.frame_truth(0), rally.frame_truth(7)

    assert first.keypoints == first.court_view.keypoints()
    assert first.keypoints["far_left_doubles"] != later.keypoints["far_left_doubles"]
    assert 0 < BODY_COVER < 1
