"""Named scenes that are hard to track, each with exact truth; docs/accuracy.md tells how well that goes."""

from dataclasses import replace
from types import MappingProxyType

from tennalytix.synthetic.conditions import Finish, Sunlight
from tennalytix.synthetic.options import AMATEUR, BROADCAST, BROADCAST_HIGH, CameraPlacement, RallyOptions

_LOW = CameraPlacement((-0.4, -20.2, 1.75), (0.0, 0.0, 0.9), 1.05)
"""At the height of a person's head, so that the near player hides the far one."""
_CORNER = CameraPlacement((-12.6, -25.0, 4.2), (-0.6, 0.5, 0.3), 1.35)
"""Beyond the near left corner: the umpire's chair stands before the far court."""
_STEEP = CameraPlacement((0.0, -29.0, 9.0), (0.0, -1.2, 0.0), 2.35)
"""Cuts the picture off right behind the near baseline."""
_PLAIN = RallyOptions(duration_s=8.0, looks="varied", size_wh=(1280, 720))

SCENARIOS: MappingProxyType[str, RallyOptions] = MappingProxyType(
    {
        "singles": replace(_PLAIN, seed=31),
        "clay_steep": replace(_PLAIN, seed=47, surface="clay", camera=BROADCAST_HIGH),
        "doubles": replace(_PLAIN, seed=33, doubles=True, surface="hard_green"),
        "doubles_crossing": replace(_PLAIN, seed=79, doubles=True, staging="crossing", surface="grass"),
        "ball_kids": replace(_PLAIN, seed=35, ball_kids="running", first_serve_s=4.4, surface="clay"),
        "near_hides_far": replace(_PLAIN, seed=54, camera=_LOW, venue="club", doubles=False),
        "net_player_hides_far": replace(_PLAIN, seed=61, camera=_LOW, venue="club", doubles=True, surface="clay"),
        "chair_hides_far": replace(_PLAIN, seed=83, camera=_CORNER),
        "long_shadows": replace(_PLAIN, seed=39, sun=Sunlight(250.0, 21.0, 0.02, 0.6), surface="hard_green"),
        "shadows_across": replace(_PLAIN, seed=40, sun=Sunlight(15.0, 24.0, 0.02, 0.62), surface="clay", venue="club"),
        "panning": replace(_PLAIN, seed=41, pan_px=170.0, camera=replace(BROADCAST, focal_heights=3.3)),
        "near_leaves": replace(_PLAIN, seed=42, staging="towel", camera=_STEEP, first_serve_s=5.0, duration_s=11.0),
        "forty_people": replace(_PLAIN, seed=43, standing_crowd=26, surface="indoor", light="flat"),
        "amateur_night": replace(
            _PLAIN, seed=44, camera=AMATEUR, venue="club", light="floodlit", shake_px=1.2, noise=5.0,
            finish=Finish(exposure=0.75, blur_px=0.8), score_box=False, bystanders=2,
        ),
        "practice": replace(_PLAIN, seed=45, staging="practice", officials=False, venue="club", score_box=False),
        "nobody": replace(_PLAIN, seed=46, staging="empty", officials=False, duration_s=4.0),
    }
)  # fmt: skip
"""Options by name; seeds were chosen so that what the name promises happens."""
