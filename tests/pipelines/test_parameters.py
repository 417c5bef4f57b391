from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from tennalytix.cutting.options import CuttingOptions
from tennalytix.export.clip_video import ClipVideoOptions
from tennalytix.metrics.options import EvaluationOptions
from tennalytix.tracking.ball import BallLinkOptions
from tennalytix.tracking.events import EventOptions
from tennalytix.tracking.players import PlayerOptions
from tennalytix.viz.overlay import OverlayOptions

CONF = Path(__file__).parents[2] / "conf" / "base"


@pytest.mark.parametrize(
    ("file", "group", "options"),
    [
        ("export", "clip_videos", ClipVideoOptions()),
        ("ingestion", "cutting", CuttingOptions()),
        ("postprocessing", "players", PlayerOptions()),
        ("postprocessing", "ball", BallLinkOptions()),
        ("postprocessing", "events", EventOptions()),
        ("visualization", "overlay", OverlayOptions()),
        ("evaluation", "evaluation", EvaluationOptions()),
    ],
)
def test_the_configuration_shows_every_option_with_its_default(file: str, group: str, options: object) -> None:
    shown = yaml.safe_load((CONF / f"parameters_{file}.yml").read_text())[group]
    defaults = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(options).items()}  # type: ignore[call-overload]

    assert shown == defaults
