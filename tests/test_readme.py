import json
import re
from pathlib import Path

import pytest

import tennalytix

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text()


def python_examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_example_of_reading_tracks_runs(
    tracked_sample: tuple[Path, dict], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = python_examples()[0].replace("data/07_model_output", f"{tracked_sample[0]}/07_model_output")

    exec(compile(code, "README.md", "exec"), {})

    assert capsys.readouterr().out.startswith("sample_rally__0000 ")


def test_the_example_without_kedro_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(PROJECT)

    exec(compile(python_examples()[1], "README.md", "exec"), {})

    assert len(capsys.readouterr().out.splitlines()) == 250


def test_the_example_of_a_frame_is_the_samples(tracked_sample: tuple[Path, dict]) -> None:
    example = re.search(r"```json\n(.*?)```", README, re.DOTALL)
    assert example is not None
    shown = json.loads(example[1])
    tracks = tracked_sample[0] / "07_model_output/tracks/sample_rally__0000.json"
    made = json.loads(tracks.read_text())["frames"][shown["frame_index"]]
    near = next(player for player in made["players"] if player["role"] == "near")

    assert (shown.keys(), shown["players"][0].keys()) == (made.keys(), near.keys())
    assert {**shown, "players": [], "ball": {}} == {**made, "players": [], "ball": {}}
    assert shown["ball"].keys() == made["ball"].keys()
    assert shown["ball"]["xy"] == pytest.approx(made["ball"]["xy"], abs=2)
    for name in ("xyxy", "centre", "foot"):
        assert shown["players"][0][name] == pytest.approx(near[name], abs=3), name
    assert shown["players"][0]["court_xy_m"] == pytest.approx(near["court_xy_m"], abs=0.1)
    assert all(shown["players"][0][name] == near[name] for name in ("track_id", "role", "source"))


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_the_first_kedro_command_says_where_kedro_is(page: str) -> None:
    lines = (PROJECT / page).read_text().splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("    kedro "))

    assert any(line.startswith("    source .venv/bin/activate") for line in lines[:first])


def test_the_example_of_pixels_to_metres_agrees_with_the_tracks(
    tracked_sample: tuple[Path, dict], capsys: pytest.CaptureFixture[str]
) -> None:
    code = re.search(r"```python\n(.*?)```", (PROJECT / "docs/tracks.md").read_text(), re.DOTALL)
    assert code is not None
    tracks = tennalytix.load_tracks(str(tracked_sample[0] / "07_model_output/tracks/sample_rally__0000.json"))
    foot = next(p for p in tracks.frames[40].players if p.court_xy_m)
    example = code[1].replace("data/07_model_output", f"{tracked_sample[0]}/07_model_output")

    exec(compile(example.replace("[640.0, 500.0]", str(list(foot.foot))), "tracks.md", "exec"), {})

    x_m, y_m = (float(v) for v in capsys.readouterr().out.split())
    assert (x_m, y_m) == pytest.approx(foot.court_xy_m, abs=0.01)


def test_every_linked_file_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]

    assert len(links) >= 5
    assert [link for link in links if not (PROJECT / link).exists()] == []


def test_the_first_screen_shows_both_commands_and_a_picture() -> None:
    first = README.splitlines()[:12]

    assert any("make run" in line for line in first)
    assert any("make test" in line for line in first)
    assert any(line.startswith("![") for line in first)
