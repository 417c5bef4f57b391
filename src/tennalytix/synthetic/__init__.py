"""Renders tennis rallies together with what is exactly true of them."""

from tennalytix.synthetic.label_files import write_labels
from tennalytix.synthetic.options import AMATEUR, BROADCAST, BROADCAST_HIGH, CameraPlacement, RallyOptions
from tennalytix.synthetic.rally_video import write_rally
from tennalytix.synthetic.render import RenderedRally, render_rally
from tennalytix.synthetic.truth import BallTruth, EventTruth, FrameTruth, PersonTruth, RallyTruth

__all__ = [
    "AMATEUR",
    "BROADCAST",
    "BROADCAST_HIGH",
    "BallTruth",
    "CameraPlacement",
    "EventTruth",
    "FrameTruth",
    "PersonTruth",
    "RallyOptions",
    "RallyTruth",
    "RenderedRally",
    "render_rally",
    "write_labels",
    "write_rally",
]
