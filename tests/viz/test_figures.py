import re
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from tennalytix.core.speed import GroundSpeed
from tennalytix.viz import figure_speeds, svg
from tennalytix.viz.figures import FIGURES, clip_figures

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '<script>alert(1)</script>"&\x07'


def walk(make: SimpleNamespace, role: str, y_m: float, source: str = "detected") -> list:
    box = (400, 200, 480, 380)
    steps = [make.player(role, box, source).model_copy(update={"court_xy_m": (0.1 * k - 2, y_m)}) for k in range(40)]
    return [make.frame(k, (step,), make.ball((500 + 5 * k, 300))) for k, step in enumerate(steps)]


def heat_rows(figure: str, colour: str) -> list[float]:
    """Heights at which cells of a colour lie."""
    paths = [p for p in ET.fromstring(figure).iter(f"{SVG}path") if p.get("fill") == colour]
    return [float(y) for p in paths for y in re.findall(r"M[\d.]+ ([\d.]+)h", p.get("d", ""))]


def test_every_figure_is_sound_xml_with_words_for_those_who_do_not_see_it(make: SimpleNamespace) -> None:
    tracks = make.tracks(walk(make, "near", -13.0), court=make.court(), events=[make.event("bounce", 5, (500, 300))])
    figures = clip_figures(tracks)

    assert tuple(figures) == FIGURES
    for figure in figures.values():
        root = ET.fromstring(figure)
        assert root.get("role") == "img"
        assert "rally__0000" in (root.findtext(f"{SVG}title") or "")
        assert root.findtext(f"{SVG}desc")
    assert figures == clip_figures(tracks)


def test_names_of_clips_stay_text(make: SimpleNamespace) -> None:
    for figure in clip_figures(make.tracks(walk(make, "near", -13.0), clip_id=EVIL)).values():
        root = ET.fromstring(figure)

        assert {e.tag for e in root.iter()} <= {
            SVG + name for name in ("svg", "title", "desc", "rect", "text", "path", "circle", "polygon")
        }
        assert any("<script>" in (e.text or "") for e in root.iter(f"{SVG}text"))


def test_near_is_below_the_net_and_far_above(make: SimpleNamespace) -> None:
    near = heat_rows(clip_figures(make.tracks(walk(make, "near", -13.0)))["court"], svg.NEAR)
    far = heat_rows(clip_figures(make.tracks(walk(make, "far", 13.0)))["court"], svg.FAR)
    net = 64 + 18 * 22

    assert sum(near) / len(near) == pytest.approx(net + 13 * 22, abs=4)
    assert sum(far) / len(far) == pytest.approx(net - 13 * 22, abs=4)


def test_places_filled_in_are_no_heat(make: SimpleNamespace) -> None:
    assert heat_rows(clip_figures(make.tracks(walk(make, "near", -13.0, "interpolated")))["court"], svg.NEAR) == []


def test_the_ball_is_solid_where_seen_and_broken_where_not_known(make: SimpleNamespace) -> None:
    frames = [make.frame(k, (), make.ball((100, 10 * k)) if k < 10 or k > 20 else None) for k in range(30)]
    frames += [make.frame(k, (), make.ball((100, 300), "interpolated")) for k in range(30, 40)]
    paths = ET.fromstring(clip_figures(make.tracks(frames))["ball"]).iter(f"{SVG}path")
    lines = [p for p in paths if p.get("stroke") == svg.BALL]

    assert [p.get("d", "").count("M") for p in lines] == [2, 2, 2, 2]
    assert [p.get("stroke-dasharray") is not None for p in lines] == [True, False, True, False]


def test_without_a_court_or_frames_figures_say_so(make: SimpleNamespace) -> None:
    figures = clip_figures(make.tracks([]))

    assert "No court was found" in figures["court"]
    assert "No court was found" in figures["speeds"]


def test_a_long_clip_has_a_small_figure(make: SimpleNamespace) -> None:
    frames = [make.frame(k, (), make.ball((k % 1280, 300 + k % 7))) for k in range(36_000)]

    assert len(clip_figures(make.tracks(frames))["ball"]) < 900_000


def test_speeds_that_are_too_uncertain_are_left_out_and_said_to_be(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = make.tracks(walk(make, "far", 13.0), court=make.court())
    sure = np.arange(40) < 20
    speed = GroundSpeed(np.arange(40) / make.rate, np.full(40, 9.0), np.where(sure, 1.2, 26.0))
    monkeypatch.setattr(figure_speeds, "player_speeds", lambda _: {(2, "far"): speed})
    figure = figure_speeds.speed_figure(tracks)
    lines = [p for p in ET.fromstring(figure).iter(f"{SVG}path") if p.get("stroke") == svg.FAR]
    monkeypatch.setattr(figure_speeds, "is_low_camera", lambda _: True)

    assert len(lines) == 1
    assert max(float(x) for x in re.findall(r"[ML]([\d.]+) ", lines[0].get("d", ""))) < 600
    assert "Too uncertain, not drawn: Far 50 % of the time." in figure
    assert "Fastest: Far 9.0 ± 2.4 m/s." in figure
    assert ">10<" in figure  # The interval ends at 11.4, below the axis' upper edge.
    assert figure_speeds.LOW_CAMERA_WORDS not in figure
    assert figure_speeds.LOW_CAMERA_WORDS in figure_speeds.speed_figure(tracks)


def test_long_names_stand_in_two_lines_of_the_title(make: SimpleNamespace) -> None:
    name = "rome_final_of_the_year_2026_from_the_stand_behind_court_1__0003"
    long = "x" * 300 + "__0003"
    two = [clip_figures(make.tracks([], clip_id=name))[k] for k in ("court", "ball")]
    texts = [[e.text or "" for e in ET.fromstring(figure).iter(f"{SVG}text")] for figure in two]
    cut = ET.fromstring(clip_figures(make.tracks([], clip_id=long))["court"])

    assert texts[0][0] + texts[0][1] == f"Court: {name}"
    assert texts[0][0].endswith("_")
    assert texts[1][0] + texts[1][1] == f"The ball over time: {name}"
    assert [e.text for e in cut.iter(f"{SVG}text")][1].endswith("x__0003")
    assert cut.findtext(f"{SVG}title") == f"Court of {long}"
