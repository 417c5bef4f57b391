"""Writes the JSON Schema of the tracks file to docs/tracks.schema.json."""

import json
from pathlib import Path

from tennalytix.schema.export import tracks_json_schema

if __name__ == "__main__":
    target = Path(__file__).parents[1] / "docs" / "tracks.schema.json"
    target.write_text(json.dumps(tracks_json_schema(), indent=2) + "\n")
    print(f"wrote {target}")
