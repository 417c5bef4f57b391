"""The review pages: a list of clips and one page a clip. They open from disk and need nothing from outside.

Names, paths and warnings are untrusted text: all of it is escaped, links are quoted, the data cannot end their script
element, and a content security policy lets nothing run but the page's own script.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template
from urllib.parse import quote

import cv2
import numpy as np

from tennalytix.schema.corrections import Corrections
from tennalytix.schema.tracks import TrackedFrame, Tracks
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoError
from tennalytix.viz.overlay import OverlayOptions, draw_frame
from tennalytix.viz.page_tables import (
    ToCorrect,
    breakable,
    clip_row,
    coverage_table,
    details_list,
    next_steps,
    totals,
    trouble_box,
    warning_list,
)
from tennalytix.viz.review_data import ClipSummary, review_data

BESIDE = ""
"""Where videos and thumbnails stand as seen from the folder of the pages: beside them."""

INDEX_NAME = "index"

_CLIP_SCRIPTS = (
    "data.js",
    "geometry.js",
    "edits.js",
    "edits_file.js",
    "shown.js",
    "picture.js",
    "overlay.js",
    "timeline.js",
    "court_map.js",
    "editor.js",
    "pointer.js",
    "drafts.js",
    "folder.js",
    "saving.js",
    "event_list.js",
    "clip.js",
)


def page_name(clip_id: str) -> str:
    """The name of a clip's page without `.html`; never that of the list, whatever the clip is called.

    Examples:
        >>> page_name("final__0003"), page_name("index")
        ('final__0003', 'index_')
    """
    return clip_id + "_" if clip_id.rstrip("_").casefold() == INDEX_NAME else clip_id


def link(folder: str, name: str, suffix: str, seen_from: str = INDEX_NAME) -> str:
    """The relative address of a file, as seen from the page called `seen_from` (names may contain slashes).

    Examples:
        >>> link("../overlays/", "day 1/final#2", ".mp4", seen_from="day 1/final#2")
        './../../overlays/day%201/final%232.mp4'
    """
    return "./" + "../" * seen_from.count("/") + folder + quote(name, safe="/", errors="replace") + suffix


def index_page(summaries: Iterable[ClipSummary], troubles: Sequence[tuple[str, str, str]] = ()) -> str:
    """The list of clips as HTML, in the order given, below what failed or is missing: stage, item and sentence."""
    clips = list(summaries)
    rows = [clip_row(c, link("", page_name(c.clip_id), ".html"), link(BESIDE, c.clip_id, ".jpg")) for c in clips]
    return _page(
        "index.html",
        ("index.js",),
        title="Tennalytix review",
        report_href=link("../", "report", ".html"),
        totals=totals(clips),
        troubles=trouble_box(troubles),
        rows="\n".join(rows),
    )


def clip_page(
    tracks: Tracks,
    previous_clip_id: str | None = None,
    next_clip_id: str | None = None,
    corrections: Corrections | None = None,
    to_correct: ToCorrect | None = None,
) -> str:
    """The page of one clip as HTML, with links to its neighbours where they are given.

    Args:
        tracks: what is shown.
        previous_clip_id: names the page before.
        next_clip_id: names the page after.
        corrections: those that are in the tracks already; the page goes on from them.
        to_correct: where its corrections go; None if that is not known.
    """
    name = page_name(tracks.clip_id)
    return _page(
        "clip.html",
        _CLIP_SCRIPTS,
        title=escape(tracks.clip_id),
        heading=breakable(tracks.clip_id),
        index_href=link("", INDEX_NAME, ".html", name),
        report_href=link("../", "report", ".html", name),
        neighbours=_neighbour("Previous clip", previous_clip_id, name) + _neighbour("Next clip", next_clip_id, name),
        video_src=escape(link(BESIDE, tracks.clip_id, ".mp4", name)),
        poster_src=escape(link(BESIDE, tracks.clip_id, ".jpg", name)),
        size_css=f"{tracks.video.width} / {tracks.video.height}",
        warnings=warning_list(tracks.summary.warnings),
        coverage=coverage_table(tracks),
        details=details_list(tracks),
        next_steps=next_steps(tracks.clip_id, to_correct),
        data=json_for_html(review_data(tracks, corrections)),
    )


def thumbnail_jpeg(clip: Clip, tracks: Tracks, height_px: int = 270) -> bytes:
    """A telling frame of the clip, small, with what was found drawn into it, as JPEG.

    Raises:
        VideoError: that frame cannot be decoded.
    """
    tracked = _telling_frame(tracks.frames)
    index = tracked.frame_index if tracked else int(clip.table.frame_index[len(clip.table) // 2])
    frame = next(clip.frames_at([index]), None)
    if frame is None:
        raise VideoError(f"{clip.clip_id} has no decodable frame {index}.")
    known = tracked or TrackedFrame(frame_index=index, time_s=frame.time_s, repeated=False, players=[], ball=None)
    drawn = draw_frame(frame.image, known, tracks, (), OverlayOptions(max_height_px=height_px, header=False))
    _, data = cv2.imencode(".jpg", cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return bytes(np.asarray(data, dtype=np.uint8).tobytes())


def json_for_html(data: object) -> str:
    """Compact ASCII JSON that is safe inside a script element: no `<`, `>` or `&` is left in it."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _telling_frame(frames: list[TrackedFrame]) -> TrackedFrame | None:
    """The frame with the most found in it; of several the one nearest to the middle."""
    middle = len(frames) / 2
    ranked = [(-len(f.players) - (f.ball is not None), abs(k - middle), k) for k, f in enumerate(frames)]
    return frames[min(ranked)[2]] if ranked else None


def _neighbour(text: str, clip_id: str | None, seen_from: str) -> str:
    if clip_id is None:
        return f'<span class="quiet">{text}</span>\n'
    return (
        f'<a href="{escape(link("", page_name(clip_id), ".html", seen_from))}" title="{escape(clip_id)}">{text}</a>\n'
    )


def _page(template: str, scripts: Iterable[str], **values: str) -> str:
    script = "\n".join(_template(name) for name in scripts)
    digest = base64.b64encode(hashlib.sha256(f"\n{script}\n".encode()).digest()).decode()
    return Template(_template(template)).substitute(
        values, style=_template("review.css"), script=script, script_hash=f"sha256-{digest}"
    )


def _template(name: str) -> str:
    return files("tennalytix.viz").joinpath("templates", name).read_text(encoding="utf-8")
