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
from tennalytix.viz.troubles import run_troubles


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
        at_hand: paths of the videos in the folder; None if not known.
    """

    run: RunSummary
    edit_lists: Mapping[str, EditList]
    clips: Sequence[ClipFacts]
    sheets: Mapping[str, ShotSheet] = field(default_factory=dict)
    files: Mapping[str, frozenset[str]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    at_hand: frozenset[str] | None = None

    @property
    def absent(self) -> frozenset[str]:
        """Clips of videos that are not in the folder."""
        at_hand = self.at_hand
        return frozenset(c.clip_id for c in self.clips if at_hand is not None and c.video_uri not in at_hand)


def report_page(results: RunResults) -> str:
    """The page as HTML."""
    run, clips = results.run, results.clips
    template = files("tennalytix.viz").joinpath("templates", "report.html").read_text(encoding="utf-8")
    style = files("tennalytix.viz").joinpath("templates", "review.css").read_text(encoding="utf-8")
    fresh = frozenset(run.stored.get("tracks", ()))
    known = frozenset(clip.clip_id for clip in clips)
    troubles = run_troubles(run, results.edit_lists, known, results.at_hand)
    failed = frozenset(item for _, item, _ in troubles)
    return Template(template).substitute(
        style=style,
        subtitle=escape(f"Run {run.run_id or 'without a name'}. It took {duration(run.seconds)} up to this report."),
        tiles=tables.tiles(_counts(results, fresh, failed, len(troubles))),
        troubles=tables.troubles(troubles),
        warnings=tables.video_warnings(results.edit_lists),
        clips=tables.clips(clips, tables.Kinds(fresh, failed, results.absent), results.files),
        figures=tables.figures(clips, results.files),
        shots=tables.shots(results.edit_lists, results.sheets),
        durations=tables.durations(run.node_seconds),
        models=tables.models(clips),
        versions=tables.pairs(results.versions),
    )


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
        "Skipped, unchanged": str(len(known - failed - fresh - results.absent)),
        **({"Kept, video not in the folder": str(len(results.absent))} if results.absent else {}),
        "Failed or missing": str(troubles),
        "Shots left out": f"{sum(not s.clip_ids for s in shots)} of {len(shots)}",
    }
