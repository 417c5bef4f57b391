import io

import pytest

from tennalytix.metrics.label_rows import Row, read_rows


def rows(text: str) -> list[Row]:
    return list(read_rows(io.StringIO(text), "ball.csv", ("frame", "x")))


def test_columns_go_by_name_and_spaces_do_not_matter() -> None:
    (row,) = rows("x, frame ,more\n 1.5,7, hello \n")

    assert row.whole("frame") == 7
    assert row.number("x") == 1.5
    assert row.cells["more"] == "hello"


def test_empty_lines_are_passed_over_and_counted() -> None:
    first, second = rows("frame,x\n\n1,2\n , \n3,4\n")

    assert first.place == "ball.csv line 3"
    assert second.place == "ball.csv line 5"


def test_whole_numbers_may_be_written_with_a_point() -> None:
    assert rows("frame,x\n3.0,1\n")[0].whole("frame") == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"^ball.csv must have the columns frame, x, got none\."),
        ("frame,y\n1,2\n", r"^ball.csv must have the columns frame, x, got frame, y\."),
        ("frame,x\n1,2\n3\n", r"^ball.csv line 3 must have 2 cells, got 1\. Correct the row\."),
        ("frame,x\n1,2,3\n", r"^ball.csv line 2 must have 2 cells, got 3\."),
    ],
)
def test_malformed_files_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rows(text)


@pytest.mark.parametrize("bad", ["a", "", "nan", "inf", "-inf"])
def test_numbers_must_be_finite(bad: str) -> None:
    (row,) = rows(f"frame,x\n1,{bad}\n")

    with pytest.raises(ValueError, match=rf"^ball.csv line 2 must have a number in column x, got '{bad}'\."):
        row.number("x")


@pytest.mark.parametrize("bad", ["-1", "1.5"])
def test_whole_numbers_start_at_zero(bad: str) -> None:
    (row,) = rows(f"frame,x\n{bad},0\n")

    with pytest.raises(ValueError, match=rf"a whole number from 0 in column frame, got '{bad}'"):
        row.whole("frame")


def test_codes_and_choices_are_limited() -> None:
    (row,) = rows("frame,x\n4,middle\n")

    with pytest.raises(ValueError, match=r"line 2 must have 0 to 3 in column frame, got '4'\."):
        row.code("frame", 3)
    with pytest.raises(ValueError, match=r"line 2 must have near or far in column x, got 'middle'\."):
        row.choice("x", ("near", "far"))
