import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.schema.corrections import BallCorrection, Corrections
from tennalytix.schema.tracks import ModelProvenance, Provenance, Summary, Tracks
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoError
from tennalytix.viz.page import clip_page, index_page, json_for_html, link, page_name, thumbnail_jpeg
from tennalytix.viz.page_tables import ToCorrect, duration, meter
from tennalytix.viz.review_data import review_data, summarise

EVIL = "<img src=x onerror=alert(1)>\"'></script><script>alert(2)</script>&amp;"


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text in each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "img", "input", "wbr", "link"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self) -> str:
        return "".join(text for tag, text in self.texts if tag not in {"script", "style"})

    @property
    def closed(self) -> bool:
        return not self._open


@pytest.fixture
def rally(make: SimpleNamespace) -> Tracks:
    near = make.player("near", (400, 200, 480, 380))
    far = make.player("far", (600, 100, 630, 160), "interpolated")
    frames = [make.frame(0, (near,)), make.frame(1, (near, far), make.ball((640.04, 360.06))), make.frame(2)]
    events = [make.event("hit", 1, (640, 360)), make.event("bounce", 2, (600, 300))]
    return make.tracks(frames, events=events, court=make.court())


def evil_tracks(rally: Tracks) -> Tracks:
    provenance = Provenance(tennalytix=EVIL, fingerprint=EVIL, models={EVIL: ModelProvenance(name=EVIL)})
    summary = Summary(ball_coverage=0, near_coverage=0, far_coverage=0, warnings=[EVIL])
    video = rally.video.model_copy(update={"uri": EVIL, "codec": EVIL})
    changes = {"clip_id": EVIL, "provenance": provenance, "summary": summary, "video": video}
    return rally.model_copy(update=changes)


def test_page_holds_the_data_it_draws(rally: Tracks) -> None:
    page = Page(clip_page(rally))
    data = json.loads(
        re.search(r'<script type="application/json" id="review-data">(.*?)</script>', clip_page(rally))[1]  # type: ignore[index]
    )

    assert page.closed
    assert data == json.loads(json.dumps(review_data(rally)))
    assert data["ball"] == {"states": "-d-", "xy": [6400, 3601]}
    assert data["frame_index"] == [0, 1, 1]
    assert [player["states"] for player in data["players"]] == ["dd-", "-i-"]


def test_page_shows_coverage_and_details(rally: Tracks) -> None:
    text = Page(clip_page(rally)).text()

    assert "66.6 %" in text
    assert "camera stands still, lines fit to 0.5 px" in text
    assert "ball: Motion" in text


def test_page_finds_its_video_and_its_neighbours(rally: Tracks) -> None:
    page = Page(clip_page(rally, "rally_0", "r 1#2/é"))
    (video,) = page.attributes("video")
    links = [a["href"] for a in page.attributes("a")]

    assert video["src"] == "./rally__0000.mp4"
    assert links == ["./index.html", "./../report.html", "./rally_0.html", "./r%201%232/%C3%A9.html"]


def test_page_holds_the_corrections_it_goes_on_from(rally: Tracks) -> None:
    said = Corrections(clip_id="rally__0000", ball=[BallCorrection(frame_index=1, xy=None)])
    data = review_data(rally, said)

    assert review_data(rally)["corrections"] is None
    assert Corrections.model_validate(data["corrections"]) == said
    assert summarise(rally, said).correction_count == 1
    assert '"frame_index":1,"last_frame":null,"xy":null' in clip_page(rally, corrections=said)


def test_a_page_at_the_end_has_no_link_there(rally: Tracks) -> None:
    assert [a["href"] for a in Page(clip_page(rally)).attributes("a")] == ["./index.html", "./../report.html"]


def test_names_and_warnings_stay_text(rally: Tracks) -> None:
    evil = evil_tracks(rally)
    troubles = [(EVIL, EVIL, EVIL)]
    for html in (
        clip_page(evil, EVIL, EVIL, to_correct=ToCorrect(EVIL, EVIL)), index_page([summarise(evil)], troubles),
    ):  # fmt: skip
        page = Page(html)
        tags = [tag for tag, _ in page.elements]

        assert page.closed
        assert tags.count("script") == len(Page(html.replace(EVIL, "")).attributes("script")) <= 2
        assert "x" not in [a.get("src") for _, a in page.elements]
        assert not [name for _, a in page.elements for name in a if name.startswith("on")]
        assert EVIL in page.text()


def test_data_of_evil_names_comes_back_whole(rally: Tracks) -> None:
    html = clip_page(evil_tracks(rally))
    data = json.loads(html.split('id="review-data">')[1].split("</script>")[0])

    assert data["clip_id"] == EVIL


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_in_a_page_is_the_same_json_without_markup(data: object) -> None:
    text = json_for_html(data)

    assert json.loads(text) == data
    assert not set("<>&\u2028\u2029") & set(text)


def test_nothing_runs_but_the_page_s_own_script(rally: Tracks) -> None:
    for html in (clip_page(rally), index_page([summarise(rally)])):
        (policy,) = (m["content"] for m in Page(html).attributes("meta") if "http-equiv" in m)
        script = html.rsplit("<script>", 1)[1].split("</script>")[0]
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

        assert policy is not None
        assert f"script-src 'sha256-{digest}'" in policy
        assert "default-src 'none'" in policy


def test_pages_ask_for_nothing_from_outside(rally: Tracks) -> None:
    for html in (clip_page(rally), index_page([summarise(rally)])):
        addresses = [a.get(name) for _, a in Page(html).elements for name in ("src", "href", "poster")]

        assert all(address.startswith("./") for address in addresses if address)
        assert not re.search(r"https?://|@import|url\(", html)


def test_pages_follow_from_the_tracks_alone(rally: Tracks) -> None:
    assert clip_page(rally) == clip_page(rally)


def test_index_lists_clips_with_what_to_sort_by(rally: Tracks) -> None:
    warned = rally.model_copy(
        update={
            "clip_id": "b",
            "summary": Summary(ball_coverage=0.9996, near_coverage=1, far_coverage=0, warnings=["Dark."]),
        }
    )
    html = index_page([summarise(rally), summarise(warned)])
    page = Page(html)

    assert page.closed
    assert [a["data-value"] for a in page.attributes("th") if "data-value" in a] == ["rally__0000", "b"]
    assert [a["src"] for a in page.attributes("img")] == ["./rally__0000.jpg", "./b.jpg"]
    assert [a["data-value"] for a in page.attributes("td") if a.get("data-label") == "Ball"] == ["0.5", "0.9996"]
    assert "99.9 %" in page.text()
    assert "Dark." in page.text()
    assert "2 clips" in page.text()
    assert "With warnings: 1." in page.text()


def test_an_empty_list_is_a_page_too() -> None:
    page = Page(index_page([]))

    assert page.closed
    assert "0 clips" in page.text()


def test_a_clip_without_frames_or_court_is_a_page_too(make: SimpleNamespace) -> None:
    page = Page(clip_page(make.tracks([])))

    assert page.closed
    assert "None found." in page.text()
    assert "not found" in page.text()


@given(st.text(alphabet="index_INDEXa", max_size=8), st.text(alphabet="index_INDEXa", max_size=8))
def test_page_names_are_unique_and_never_that_of_the_list(one: str, other: str) -> None:
    assert page_name(one).casefold() != "index"
    assert (page_name(one) == page_name(other)) == (one == other)


@pytest.mark.parametrize("name", ["javascript:alert(1)", "//evil.example/x", "a?b#c", "a\ud800"])
def test_links_stay_relative(name: str) -> None:
    address = link("", name, ".html")

    assert address.startswith("./")
    assert not set(address) & set("?#: <>\"'")


def test_times_read_well() -> None:
    assert [duration(s) for s in (0, 59.94, 60, 3599.6)] == ["0.0 s", "59.9 s", "1:00 min", "1:00:00 h"]
    assert meter(1.0).startswith("100.0 %<")


def test_thumbnail_shows_the_frame_with_the_most_in_it(
    small_clip: Clip, small_tracks: Tracks, make: SimpleNamespace
) -> None:
    bare = [frame.model_copy(update={"ball": None}) for frame in small_tracks.frames]
    bare[8] = small_tracks.frames[8]
    data = thumbnail_jpeg(small_clip, small_tracks.model_copy(update={"frames": bare}), height_px=90)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)

    assert image.shape == (90, 160, 3)
    assert np.median(image) == pytest.approx(60 + 5 * 8, abs=4)


def test_thumbnail_without_tracks_is_the_middle(small_clip: Clip, small_tracks: Tracks) -> None:
    data = thumbnail_jpeg(small_clip, small_tracks.model_copy(update={"frames": []}))

    assert np.median(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)) == pytest.approx(85, abs=4)


def test_thumbnail_of_a_frame_that_cannot_be_decoded_is_an_error(small_clip: Clip, small_tracks: Tracks) -> None:
    table = small_clip.table
    late = type(table)(
        table.frame_index, table.time_s + 0.02, table.repeated, table.segment, table.reference_from_image
    )

    with pytest.raises(VideoError, match="rally__0000 has no decodable frame 5"):
        thumbnail_jpeg(Clip("rally__0000", small_clip.source, late, small_clip.size_wh), small_tracks)


def test_a_page_says_where_its_corrections_go_and_what_to_run_then(rally: Tracks) -> None:
    command = "kedro run --pipelines=postprocessing,visualization '--params=root=/my data,videos=/videos'"
    page = Page(clip_page(rally, to_correct=ToCorrect("/my data/05_corrections", command)))
    told = [text for tag, text in page.texts if tag == "code"]

    assert "/my data/05_corrections/rally__0000.json" in told
    assert command in told
    assert [a["data-copy"] for a in page.attributes("button") if "data-copy" in a] == [
        a["id"] for a in page.attributes("code") if "id" in a
    ]
    assert "05_corrections/rally__0000.json" in Page(clip_page(rally)).text()


def test_the_list_names_what_failed_and_leads_to_the_report(rally: Tracks) -> None:
    page = Page(index_page([summarise(rally)], [("ingestion", "broken", "broken.mp4 has no decodable frames.")]))

    assert page.closed
    assert "broken, ingestion: broken.mp4 has no decodable frames." in page.text()
    assert page.attributes("a")[0]["href"] == "./../report.html"
    assert "Failed" not in index_page([summarise(rally)])
