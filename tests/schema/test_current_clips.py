from tennalytix.schema.clips import ClipEntry, EditList, current_clips


def edit_list(*clip_ids: str) -> EditList:
    clips = [ClipEntry(clip_id=name, first_frame=0, last_frame=9, start_s=0.0, end_s=0.4) for name in clip_ids]
    return EditList(fingerprint="", video=None, clips=clips)


def test_clips_that_their_own_video_no_longer_has_are_left_out() -> None:
    stored = {name: name for name in ("b__0000", "a__0001", "a__0000", "a__b__0003", "c")}

    assert list(current_clips(stored, {"a": edit_list("a__0000")})) == ["b__0000", "a__0000", "a__b__0003", "c"]
    assert list(current_clips(stored, {"b": edit_list("a__0001")})) == ["a__0001", "a__0000", "a__b__0003", "c"]
    assert list(current_clips(stored, {"a": edit_list()})) == ["b__0000", "a__b__0003", "c"]
    assert current_clips(stored, {}) == stored


def test_clips_of_a_video_that_cannot_be_used_this_time_are_kept() -> None:
    stored = {"a__0000": 0, "a__0001": 1}
    refused = EditList(fingerprint="", video=None, clips=[], error="a.mp4 has no video stream.")

    assert current_clips(stored, {"a": refused}) == stored
