"""What could not be done, for the report and the list of clips."""

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from tennalytix.schema.clips import EditList
from tennalytix.schema.report import RunSummary

ABSENT = "Its video is not in the folder of this run."


def run_troubles(
    run: RunSummary,
    edit_lists: Mapping[str, EditList],
    tracked: Collection[str],
    at_hand: Collection[str] | None = None,
) -> list[tuple[str, str, str]]:
    """Stage, video or clip, and sentence of all that could not be done: in this run, and what is still missing.

    Args:
        run: what it did so far.
        edit_lists: of all videos in storage, by id.
        tracked: ids of the clips that have tracks.
        at_hand: paths of the videos in the folder; None if not known.
    """
    found = [(f.get("stage", ""), f.get("item", ""), f.get("error", "")) for f in run.failures]
    # A video that could not be read has only its id.
    ids = {PurePosixPath(path).stem for path in at_hand or ()}
    said = {item for _, item, _ in found}
    for video_id, edit_list in sorted(edit_lists.items()):
        absent = "" if at_hand is None or video_id in ids else f" {ABSENT}"
        if edit_list.error and video_id not in said:
            found.append(("ingestion", video_id, edit_list.error + absent))
        missing = [c.clip_id for c in edit_list.clips if c.clip_id not in {*tracked, *said}]
        found += [("tracking", name, f"It has no tracks yet. Run tracking.{absent}") for name in missing]
    return found
