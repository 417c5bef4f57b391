"""The JSON Schema of the product, for those who read it without this package."""

from typing import Any

from tennalytix.schema.tracks import Tracks


def tracks_json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `tracks/<clip_id>.json`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Tracks.model_json_schema()}
