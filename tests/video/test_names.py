import pytest

from tennalytix.video.names import check_name, printable


@pytest.mark.parametrize(
    "name", ["a b.mp4", "-x.mp4", "100%.mp4", "<b>.mp4", "é 決.mp4", "two\nlines.mp4", "a" * 230 + ".mp4"]
)
def test_names_are_taken_as_they_are(name: str) -> None:
    check_name(f"folder/{name}")


def test_names_that_no_result_could_bear_are_refused_in_one_line() -> None:
    with pytest.raises(
        ValueError, match=r"^folder/bad\\udcff\.mp4 must have a name in UTF-8, got other bytes\. Rename it\.$"
    ):
        check_name("folder/bad\udcff.mp4")
    with pytest.raises(ValueError, match=r"^a::b\.mp4 must have a name without '::', which"):
        check_name("a::b.mp4")
    with pytest.raises(ValueError, match=r"must have a name of at most 230 bytes, got 240\. Rename it\.$"):
        check_name("é" * 120 + ".mp4")


def test_messages_stay_in_one_line() -> None:
    assert printable("a\nb\r\x1b[31m\u2028.mp4") == r"a\nb\r\x1b[31m\u2028.mp4"
