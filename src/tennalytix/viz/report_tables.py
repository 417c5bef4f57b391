"""The tables of the report as HTML; every text that comes from outside is escaped here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from tennalytix.schema.clips import EditList, ShotEntry, video_id_of
from tennalytix.schema.report import ClipFacts, ShotSheet
from tennalytix.viz.figure_court import court_size_wh
from tennalytix.viz.figures import FIGURES
from tennalytix.viz.page import link, page_name
from tennalytix.viz.page_tables import breakable, counted, duration, meter
from tennalytix.viz.panel import figure_size_wh
from tennalytix.viz.shot_sheet import left_out
from tennalytix.viz.speeds import is_certain, is_certain_run

VIEWS = {
    "court": "court, too short or without play",
    "replay": "replay",
    "other": "other view: close-up, crowd, graphics",
    "unknown": "too short to tell",
}
Files = Mapping[str, frozenset[str]]
_KMH = 3.6


def tiles(counts: Mapping[str, str]) -> str:
    """The run in a few numbers."""
    return "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in counts.items())


def troubles(found: Sequence[tuple[str, str, str]]) -> str:
    """What failed or is missing, each with the sentence why."""
    if not found:
        return '<p class="quiet">Nothing failed, nothing is missing.</p>'
    rows = [
        f'<tr><th scope="row">{breakable(item)}</th><td>{escape(stage)}</td><td>{escape(error)}</td></tr>'
        for stage, item, error in found
    ]
    return _table(("Video or clip", "Stage", "Why"), rows, "words")


def video_warnings(edit_lists: Mapping[str, EditList]) -> str:
    """What was odd about the files."""
    rows = [
        f'<tr><th scope="row">{breakable(video_id)}</th><td>{_list(edit_list.warnings)}</td></tr>'
        for video_id, edit_list in sorted(edit_lists.items())
        if edit_list.warnings
    ]
    return _table(("Video", "Warnings"), rows, "words") if rows else '<p class="quiet">No file was odd.</p>'


@dataclass(frozen=True, slots=True)
class Kinds:
    """Ids of clips by what the run did with them.

    Attributes:
        fresh: tracked in this run.
        failed: could not be tracked in this run; what is stored is of an earlier one.
        absent: their video is not in the folder; what is stored is of an earlier run.
    """

    fresh: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()


def clips(facts: Sequence[ClipFacts], kinds: Kinds, files: Files) -> str:
    """A row a clip, with links to its page, video and tracks.

    Args:
        facts: of the clips.
        kinds: of the clips.
        files: names of the files there are, by folder and ending.
    """
    if not facts:
        return '<p class="quiet">No clip has tracks.</p>'
    head = ("", "Clip", "Length", "Ball", "Near", "Far", "Hits, bounces", "Fastest, ± 95 %", "In this run", "Warnings")
    rows = _table(head, [_clip(clip, _state(clip, kinds), files) for clip in facts], "clips report-clips")
    return rows + _absent(kinds.absent & {clip.clip_id for clip in facts})


def figures(facts: Sequence[ClipFacts], files: Files) -> str:
    """The figures of every clip, folded up."""
    parts = []
    for number, clip in enumerate(facts):
        drawn = [name for name in FIGURES if f"{clip.clip_id}/{name}" in files.get("figures/.svg", ())]
        images = "".join(
            f'<a class="{name}" href="{src}"><img src="{src}" alt="{_FIGURE_WORDS[name]}" loading="lazy"></a>'
            for name in drawn
            if (src := escape(link("figures/", f"{clip.clip_id}/{name}", ".svg")))
        )
        opened = " open" if number == 0 else ""
        if images:
            style = f' style="--court: {_court_share(clip.duration_s):.2f}fr"'
            head = f"<summary>{breakable(clip.clip_id)}</summary>"
            parts.append(f"<details{opened}>{head}<div{style}>{images}</div></details>")
    return "".join(parts) or '<p class="quiet">No figures were drawn.</p>'


def shots(edit_lists: Mapping[str, EditList], sheets: Mapping[str, ShotSheet]) -> str:
    """What cutting left out, video by video, with its class, the reason and a picture."""
    parts = [
        _shots_of(video_id, left, sheets.get(video_id))
        for video_id, edit_list in sorted(edit_lists.items())
        if (left := left_out(edit_list))
    ]
    return "".join(parts) or '<p class="quiet">No shot was left out.</p>'


def durations(node_seconds: Mapping[str, float]) -> str:
    """How long each step took so far, longest first."""
    if not node_seconds:
        return '<p class="quiet">Nothing but this report was made.</p>'
    ordered = sorted(node_seconds.items(), key=lambda item: -item[1])
    rows = [f'<tr><th scope="row">{breakable(k)}</th><td>{duration(v)}</td></tr>' for k, v in ordered]
    return _table(("Step", "Took"), rows)


def models(facts: Iterable[ClipFacts]) -> str:
    """What the tracks were made with, and how many clips each."""
    used = Counter((part, name) for clip in facts for part, name in clip.models.items())
    versions = Counter(("tennalytix", clip.tennalytix) for clip in facts)
    rows = [
        f'<tr><th scope="row">{escape(part)}</th><td>{breakable(name)}</td><td>{count}</td></tr>'
        for (part, name), count in sorted({**used, **versions}.items())
    ]
    return _table(("Part", "Model or version", "Clips"), rows, "words")


def pairs(values: Mapping[str, str]) -> str:
    """Names and values."""
    return "<dl>" + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in values.items()) + "</dl>"


_FIGURE_WORDS = {
    "court": "Where the players were and where the ball bounced, from above",
    "ball": "The ball over time",
    "speeds": "Speeds of players and ball over time",
}


def _clip(clip: ClipFacts, state: str, files: Files) -> str:
    name = clip.clip_id
    page = escape(link("review/", page_name(name), ".html"))
    has_page = page_name(name) in files.get("review/.html", ())
    picture = f'<img src="{escape(link("review/", name, ".jpg"))}" alt="" loading="lazy">'
    heading = f'<a href="{page}">{breakable(name)}</a>' if has_page else breakable(name)
    others = [
        f'<a href="{escape(link(folder + "/", name, suffix))}">{words}</a>'
        for folder, suffix, words in (
            ("overlays", ".mp4", "overlay video"),
            ("sharing", ".webp", "for sharing"),
            ("../07_model_output/tracks", ".json", "tracks"),
        )
        if folder.startswith("..") or name in files.get(f"{folder}/{suffix}", ())
    ]
    cells = [
        f'<td class="picture"><span>{picture if name in files.get("review/.jpg", ()) else ""}</span></td>',
        f'<th scope="row">{heading}<br><span class="links">{" ".join(others)}</span></th>',
        _cell("Length", duration(clip.duration_s)),
        *(
            _cell(role, meter(share))
            for role, share in (("Ball", clip.ball_coverage), ("Near", clip.near_coverage), ("Far", clip.far_coverage))
        ),
        _cell("Hits, bounces", f"{clip.hit_count}, {clip.bounce_count}"),
        _cell("Fastest", _fastest(clip)),
        _cell("In this run", state),
        _cell("Warnings", _list(clip.warnings)),
    ]
    return "<tr>" + "".join(cells) + "</tr>"


def _fastest(clip: ClipFacts) -> str:
    lines = [
        f"{escape(name)} {v:.1f} ± {margin:.1f} m/s" if is_certain_run(v, margin) else _doubtful(escape(name))
        for name, (v, margin) in clip.fastest_mps.items()
    ]
    if clip.fastest_ball_mps is not None:
        v, margin = (value * _KMH for value in clip.fastest_ball_mps)
        lines.append(f"Ball {v:.0f} ± {margin:.0f} km/h" if is_certain(v, margin) else _doubtful("Ball"))
    return "<br>".join(lines) or '<span class="quiet">not known</span>'


def _court_share(duration_s: float) -> float:
    """Width of the court's figure beside 1 of the two others, so that it is as high as both."""
    (width, height), other = court_size_wh(), figure_size_wh(duration_s)
    return 2 * other[1] / other[0] * width / height


def _doubtful(name: str) -> str:
    return f'{name} – <span class="quiet">too uncertain</span>'


def _absent(clip_ids: frozenset[str]) -> str:
    """What to do about clips without their video."""
    if not clip_ids:
        return ""
    videos = ", ".join(breakable(name) for name in sorted({video_id_of(clip_id) for clip_id in clip_ids}))
    return (
        f'<p class="notice">Videos that are not in the folder of this run: {videos}. What earlier runs stored of them '
        "is kept, here and in <code>tracks.parquet</code>, until you delete their files.</p>"
    )


def _state(clip: ClipFacts, kinds: Kinds) -> str:
    corrected = f", {counted(clip.correction_count, 'correction')}" if clip.correction_count else ""
    if clip.clip_id in kinds.failed:
        return "failed: an earlier result is shown" + corrected
    if clip.clip_id in kinds.absent:
        return "kept: video not in the folder" + corrected
    return ("tracked" if clip.clip_id in kinds.fresh else "skipped: unchanged") + corrected


def _shots_of(video_id: str, left: Sequence[ShotEntry], sheet: ShotSheet | None) -> str:
    by_view = sorted(left, key=lambda shot: shot.view)
    counts = {view: len(list(group)) for view, group in groupby(by_view, key=lambda shot: shot.view)}
    words = "; ".join(f"{count} {escape(VIEWS[view])}" for view, count in counts.items())
    pictured = [shot for shot in left if sheet is None or sheet.corner_of(shot.first_frame) is not None]
    kept = "" if len(pictured) == len(left) else f" {len(pictured)} of them are shown."
    items = "".join(_shot(video_id, shot, sheet) for shot in pictured)
    head = f"<summary>{breakable(video_id)}: {len(left)} left out</summary>"
    return f'<details open>{head}<p class="quiet">{words}.{kept}</p><ul class="shots">{items}</ul></details>'


def _shot(video_id: str, shot: ShotEntry, sheet: ShotSheet | None) -> str:
    corner = sheet.corner_of(shot.first_frame) if sheet else None
    picture = ""
    if sheet is not None and corner is not None:
        (x, y), (width, height) = corner, sheet.tile_wh
        style = f"object-position:-{x}px -{y}px;width:{width}px;height:{height}px"
        picture = f'<img src="{escape(link("shots/", video_id, ".jpg"))}" alt="" style="{style}" loading="lazy">'
    return (
        f"<li>{picture}<b>{escape(VIEWS[shot.view])}</b><span>{_clock(shot.start_s)} to {_clock(shot.end_s)}, "
        f"confidence {shot.confidence:.2f}</span><span>{escape(shot.reason)}</span></li>"
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def _cell(name: str, html: str) -> str:
    return f'<td data-label="{name}">{html}</td>'


def _list(texts: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else '<span class="quiet">none</span>'


def _table(head: Sequence[str], rows: Sequence[str], css: str = "") -> str:
    names = "".join(f'<th scope="col">{escape(name) or "<span class=hidden>Picture</span>"}</th>' for name in head)
    label = escape(head[0] or head[1])
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="Table: {label}"><table class="{css}">'
        f"<thead><tr>{names}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
