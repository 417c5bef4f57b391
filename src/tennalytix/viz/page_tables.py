"""The tables and lists of the review pages as HTML; every text that comes from outside is escaped here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import floor

from tennalytix.schema.tracks import Tracks
from tennalytix.viz.clip_facts import court_words
from tennalytix.viz.review_data import ClipSummary, lane_name, player_lanes, states


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """What to do with corrections.

    Attributes:
        folder: the address where their files go.
        command: takes them up.
    """

    folder: str
    command: str


def clip_row(clip: ClipSummary, page_href: str, thumbnail_src: str) -> str:
    """A row of the list of clips. `data-value` is what a column is sorted by."""
    warnings = "".join(f"<li>{escape(text)}</li>" for text in clip.warnings)
    cells = [
        f'<td class="picture"><a href="{escape(page_href)}" tabindex="-1" aria-hidden="true">'
        f'<img src="{escape(thumbnail_src)}" alt="" loading="lazy"></a></td>',
        f'<th scope="row" data-value="{escape(clip.clip_id)}">'
        f'<a href="{escape(page_href)}">{breakable(clip.clip_id)}</a></th>',
        _cell("Length", clip.duration_s, f"{duration(clip.duration_s)}"),
        *(
            _cell(name, share, meter(share))
            for name, share in (("Ball", clip.ball_coverage), ("Near", clip.near_coverage), ("Far", clip.far_coverage))
        ),
        _cell("Hits", clip.hit_count, str(clip.hit_count)),
        _cell("Bounces", clip.bounce_count, str(clip.bounce_count)),
        _cell("Corrections", clip.correction_count, str(clip.correction_count)),
        _cell(
            "Warnings", len(clip.warnings), f"<ul>{warnings}</ul>" if warnings else '<span class="quiet">none</span>'
        ),
    ]
    return "<tr>" + "".join(cells) + "</tr>"


def totals(clips: Sequence[ClipSummary]) -> str:
    """One line about all clips."""
    count = counted(len(clips), "clip")
    if not clips:
        return count
    frames = max(1, sum(c.frame_count for c in clips))
    shares = [
        f"{name} {_percent(sum(getattr(c, f'{name}_coverage') * c.frame_count for c in clips) / frames)}"
        for name in ("ball", "near", "far")
    ]
    warned = sum(bool(c.warnings) for c in clips)
    length = duration(sum(c.duration_s for c in clips))
    return f"{count}, {length} in all. Found in all frames: {', '.join(shares)}. With warnings: {warned}."


def trouble_box(found: Sequence[tuple[str, str, str]]) -> str:
    """A box with what failed or is missing: stage, video or clip, sentence; nothing where there is none."""
    items = "".join(f"<li><b>{breakable(item)}</b>, {escape(stage)}: {escape(why)}</li>" for stage, item, why in found)
    head = "<h2>Failed or missing</h2>"
    return f'<section class="warnings" aria-label="Failed or missing">{head}<ul>{items}</ul></section>' if found else ""


def next_steps(clip_id: str, to_correct: ToCorrect | None) -> str:
    """Where a file of corrections goes and what to run then, to be copied; in general words where that is not known."""
    told = to_correct or ToCorrect("05_corrections", "kedro run --pipelines=postprocessing,visualization")
    steps = (
        ("File", "correction-file", f"{told.folder}/{clip_id}.json"),
        ("Then run", "correction-command", told.command),
    )
    rows = (
        f'<dt>{words}</dt><dd><code id="{name}">{escape(text)}</code> '
        f'<button type="button" data-copy="{name}" aria-label="Copy: {words}">Copy</button></dd>'
        for words, name, text in steps
    )
    return f'<dl class="next">{"".join(rows)}</dl>'


def coverage_table(tracks: Tracks) -> str:
    """How many frames each of ball and players was detected, filled in, corrected and missing in."""
    lanes = player_lanes(tracks)
    rows = _coverage_row("Ball", "ball", states(frame.ball for frame in tracks.frames))
    rows += "".join(_coverage_row(lane_name(key, lanes), key[1], states(lane)) for key, lane in lanes.items())
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("", "Known", "Detected", "Interpolated", "Corrected", "Missing")
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def warning_list(warnings: Iterable[str]) -> str:
    """A box with the warnings; nothing where there are none."""
    items = "".join(f"<li>{escape(text)}</li>" for text in warnings)
    return f'<section class="warnings" aria-label="Warnings"><ul>{items}</ul></section>' if items else ""


def details_list(tracks: Tracks) -> str:
    """Where the clip comes from and what it was tracked with."""
    video, clip = tracks.video, tracks.clip
    models = ", ".join(f"{part}: {model.name}" for part, model in tracks.provenance.models.items()) or "none named"
    entries = {
        "Video": video.uri,
        "Frames": f"{clip.first_frame} to {clip.last_frame} ({clip.start_s:.3f} to {clip.end_s:.3f} s)",
        "Picture": f"{video.width} × {video.height}, {video.frame_rate} frames/s, {video.codec}",
        "Court": court_words(tracks),
        "Models": models,
        "Tennalytix": tracks.provenance.tennalytix,
        "Fingerprint": tracks.provenance.fingerprint,
    }
    return "<dl>" + "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in entries.items()) + "</dl>"


def breakable(name: str) -> str:
    """A name, escaped, that may be broken after underscores and slashes.

    Examples:
        >>> breakable("a_b<c")
        'a_<wbr>b&lt;c'
    """
    return escape(name).replace("_", "_<wbr>").replace("/", "/<wbr>")


def counted(count: int, noun: str) -> str:
    """A number of things.

    Examples:
        >>> counted(1, "clip"), counted(0, "clip")
        ('1 clip', '0 clips')
    """
    return f"{count} {noun}" + ("" if count == 1 else "s")


def meter(share: float) -> str:
    """A share as a number with a bar below it."""
    return f'{_percent(share)}<span class="meter" style="--share:{100 * share:.1f}%"></span>'


def duration(seconds: float) -> str:
    """Seconds as a person reads them.

    Examples:
        >>> duration(9.52), duration(75), duration(7207)
        ('9.5 s', '1:15 min', '2:00:07 h')
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{rest:02d} h"


def _coverage_row(name: str, css: str, letters: str) -> str:
    counts = [len(letters) - letters.count("-"), *(letters.count(letter) for letter in "dic-")]
    whole = max(1, len(letters))
    cells = f"<td>{_percent(counts[0] / whole)}</td>" + "".join(f"<td>{count}</td>" for count in counts[1:])
    return f'<tr><th scope="row"><span class="swatch {css}"></span>{name}</th>{cells}</tr>'


def _cell(name: str, value: float, html: str) -> str:
    return f'<td data-label="{name}" data-value="{value:.6g}">{html}</td>'


def _percent(share: float) -> str:
    """Rounded down, so that 100 % means all of it."""
    return f"{floor(1000 * share + 1e-9) / 10:.1f} %"
