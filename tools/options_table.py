"""Writes the tables of all options into docs/options.md, from the options' docstrings and conf/base."""

import dataclasses
import inspect
import json
import re
from pathlib import Path
from typing import Any, get_args

import yaml
from kedro.validation import TypeExtractor

from tennalytix.pipeline_registry import register_pipelines

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "docs/options.md"
MARK = "<!-- Below: python tools/options_table.py -->\n"

SECTIONS = {
    "Cutting": ["cutting"],
    "Postprocessing": ["players", "ball", "events"],
    "Pictures": ["overlay", "review", "sharing", "report"],
    "Other tools": ["export", "clip_videos", "label_import"],
    "Many videos": ["parallel"],
    "Evaluation": ["evaluation"],
    "Training the person network": ["training_footage", "training_rendered", "training_people", "training_fit"],
    "Training the ball network": [
        "training_ball_footage", "training_ball_rendered", "training_ball", "training_ball_fit",
    ],
}  # fmt: skip

UNITS = {
    "_mps2": "m/s²", "_mps": "m/s", "_m": "m", "_px_s2": "px/s²", "_px_s": "px/s", "_px": "px", "_s": "s",
    "seconds": "s", "_min": "min", "_mb": "MB", "max_rate": "pictures/s", "_frames": "frames",
    "_share": "share, 0 to 1", "_score": "0 to 1", "_iou": "0 to 1", "_bodies": "body heights",
}  # fmt: skip
"""By the end of a name; the first that fits."""


def tables() -> str:
    """What belongs behind the mark."""
    kinds, shipped = option_kinds(), shipped_values()
    shown = [group for groups in SECTIONS.values() for group in groups]
    if sorted(shown) != sorted(kinds):
        raise ValueError(f"SECTIONS must name all groups of options, got others: {sorted({*shown} ^ {*kinds})}.")
    text = ""
    for title, groups in SECTIONS.items():
        text += f"\n## {title}\n"
        for group in groups:
            text += f"\n### {group}\n\n{table(group, kinds[group], shipped.get(group, {}))}"
    return text


def option_kinds() -> dict[str, type]:
    """The dataclass of each group, as the pipelines' nodes take it."""
    found = {}
    for group, kind in TypeExtractor(register_pipelines()).extract_types_from_pipelines().items():
        for choice in get_args(kind) or (kind,):
            if dataclasses.is_dataclass(choice):
                found[group] = choice
    return found


def shipped_values() -> dict[str, dict[str, Any]]:
    """Of conf/base, which may differ from the dataclasses' defaults."""
    files = sorted((PROJECT / "conf/base").glob("parameters_*.yml"))
    return {k: v for file in files for k, v in yaml.safe_load(file.read_text(encoding="utf-8")).items()}


def table(group: str, kind: type, shipped: dict[str, Any]) -> str:
    """A group's options, after the first words of its docstring."""
    words, meanings = described(kind)
    text = f"{words}\n\n| option | default | unit | meaning |\n| --- | --- | --- | --- |\n"
    for option in dataclasses.fields(kind):
        if not option.repr:
            continue  # Set by the program alone.
        default = shipped.get(option.name, default_of(option))
        cells = (f"`{group}.{option.name}`", f"`{in_yaml(default)}`", unit(option.name), meanings[option.name])
        text += "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
    return text


def described(kind: type) -> tuple[str, dict[str, str]]:
    """The words before the attributes of a docstring, and what it says of each of them in YAML's words."""
    words, _, attributes = inspect.cleandoc(kind.__doc__ or "").partition("\n\nAttributes:\n")
    attributes = attributes.replace("None", "null").replace("False", "false")
    entries = re.findall(r"^    (\w+(?:, \w+)*): (.*(?:\n {5,}.*)*)", attributes, re.MULTILINE)
    return " ".join(words.split()), {
        name: " ".join(said.split()) for names, said in entries for name in names.split(", ")
    }


def default_of(option: dataclasses.Field[Any]) -> Any:
    """That of the dataclass."""
    return option.default if option.default_factory is dataclasses.MISSING else option.default_factory()


def in_yaml(value: Any) -> str:
    """As it is written into a parameters file."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(in_yaml(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {in_yaml(item)}" for key, item in value.items()) + "}"
    return value if isinstance(value, str) else json.dumps(value)


def unit(name: str) -> str:
    """By the end of an option's name; empty where it has none."""
    return next((said for end, said in UNITS.items() if name.endswith(end)), "")


if __name__ == "__main__":
    before, _, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(before + MARK + tables(), encoding="utf-8")
    print(f"wrote {PAGE}")
