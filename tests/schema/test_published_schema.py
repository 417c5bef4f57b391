import json
from pathlib import Path

from tennalytix.schema.export import tracks_json_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "tracks.schema.json"


def test_the_published_schema_is_that_of_the_code() -> None:
    assert json.loads(PUBLISHED.read_text()) == tracks_json_schema(), "Run: python tools/export_schema.py"
