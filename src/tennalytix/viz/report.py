"""The report of a run: one page that opens from disk, without a script, with links to everything else.

Names, paths, warnings and errors are untrusted text, and escaped wherever they stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from string import Template

from tennalytix.schema.clips import EditList, video_id_of
from tennalytix.schema.report import ClipFacts, RunSummary, ShotSheet
from tennalytix.viz import report_tables as tables
from tennalytix.viz.page_tables import duration


@dataclass(frozen=True, slots=True)
class RunResults:
    """What the report is made of.

    Attributes:
        run: what this run did so far.
        edit_lists: of all videos in storage, by id.
        clips: numbers of all clips that have tracks.
        sheets: pictures of left-out shots, by video.
        files: ids that have a file, by folder and suffix, such as `overlays/.mp4`: only to these there are links.
        versions: of what the run was made with.
    """

    run: RunSummary
    edit_lists: Mapping[str, EditList]
    clips: Sequence[ClipFacts]
    sheets: Mapping[str, ShotSheet] = field(default_factory=dict)
    files: Mapping[str, frozenset[str]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


def report_page(results: RunResults) -> str:
    """The page as HTML."""
    run, clips = results.run, results.clips
    template = files("tennalytix.viz").joinpath("templates", "report.html").read_text(encoding="utf-8")
    style = files("tennalytix.viz").joinpath("templates", "review.css").read_text(encoding="utf-8")
    fresh = frozenset(run.stored.get("tracks", ()))
    troubles = run_troubles(results)
    failed = frozenset(item for _, item, _ in troubles)
    return Template(template).substitute(
        style=style,
        subtitle=escape(f"Run {run.run_id or 'without a name'}, {duration(run.seconds)} so far"),
        tiles=tables.tiles(_counts(results, fresh, failed, len(troubles))),
        troubles=tables.troubles(troubles),
        warnings=tables.video_warnings(results.edit_lists),
        clips=tables.clips(clips, fresh, failed, results.files),
        figures=tables.figures(clips, results.files),
        shots=tables.shots(results.edit_lists, results.sheets),
        durations=tables.durations(run.node_seconds),
        models=tables.models(clips),
        versions=tables.pairs(results.versions),
    )


def run_troubles(results: RunResults) -> list[tuple[str, str, str]]:
    """Stage, video or clip, and sentence of all that could not be done: in this run, and what is still missing."""
    found = [(f.get("stage", ""), f.get("item", ""), f.get("error", "")) for f in results.run.failures]
    said = {item for _, item, _ in found}
    tracked = {clip.clip_id for clip in results.clips}
    for video_id, edit_list in sorted(results.edit_lists.items()):
        if edit_list.error and video_id not in said:
            found.append(("ingestion", video_id, edit_list.error))
        missing = [c.clip_id for c in edit_list.clips if c.clip_id not in tracked | said]
        found += [("tracking", name, "It has no tracks yet. Run tracking.") for name in missing]
    return found


def _counts(results: RunResults, fresh: frozenset[str], failed: frozenset[str], troubles: int) -> dict[str, str]:
    known = {clip.clip_id for clip in results.clips}
    new = len(known & fresh)
    shots = [shot for e in results.edit_lists.values() for shot in e.shots]
    length_s = sum(clip.duration_s for clip in results.clips)
    videos = {video_id_of(name) for name in known} | set(results.edit_lists)
    return {
        "Videos": str(len(videos)),
        "Clips tracked": f"{len(known)}, {duration(length_s)}",
        "New in this run": str(new),
        "Skipped, unchanged": str(len(known - failed - fresh)),
        "Failed or missing": str(troubles),
        "Shots left out": f"{sum(not s.clip_ids for s in shots)} of {len(shots)}",
    }
