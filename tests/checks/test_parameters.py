from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kedro.pipeline import Pipeline, node

from tennalytix.checks.names import ConfigurationError
from tennalytix.checks.parameters import check_parameters, known_parameters, top_level_names


@dataclass(frozen=True)
class Options:
    gap_s: float = 0.5


def link(options: Options, review: Options | None, other: int) -> int:
    return 0


INPUTS = {"options": "params:players", "review": "params:review", "other": "params:own.count"}
PIPELINES = {"link": Pipeline([node(link, INPUTS, "tracks")])}
KNOWN = {"players", "review", "own", "ball", "root"}


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    (tmp_path / "base/more").mkdir(parents=True)
    (tmp_path / "local").mkdir()
    (tmp_path / "base/parameters_a.yml").write_text("ball: {min_points: 5}\n")
    (tmp_path / "base/more/catalog_b.yml").write_text("_root: ${runtime_params:root,data}\ntracks: {type: x}\n")
    (tmp_path / "local/globals.yml").write_text("place: ${runtime_params:  place}\n")
    (tmp_path / "local/parameters.yml").write_text("bal: {}\n")
    return tmp_path


def test_names_are_known_from_base_from_pipelines_and_from_what_configuration_refers_to(conf: Path) -> None:
    assert known_parameters(PIPELINES, conf, ("base", "local")) == KNOWN | {"place", "root", "videos", "labels"}
    assert top_level_names(conf / "base", "catalog") == {"_root", "tracks"}


def test_known_names_and_right_types_pass() -> None:
    check_parameters({"players": {"gap_s": 2}, "review": None, "root": "/x", "own": {"count": 1}}, KNOWN, PIPELINES)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"player": {"gap_s": 2}}, "player is no parameter. Did you mean players?"),
        ({"rot": "/x"}, "rot is no parameter. Did you mean root?"),
        ({"zzz": 1}, "zzz is no parameter. Known are ball, own, players, review, root."),
        ({"players": {"gap": 2}}, "players.gap is no option. Did you mean gap_s?"),
        ({"review": {"gap_s": "x"}}, "review.gap_s must be a number, got 'x'."),
        ({"players": None}, "players must be a group of options, got null. Write players.<option>."),
    ],
)
def test_others_are_refused_in_one_sentence(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        check_parameters(given, KNOWN, PIPELINES)

    assert str(error.value) == said
