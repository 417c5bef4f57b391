"""Names of files: which can be worked with, and how any of them is put into a message."""

from pathlib import PurePosixPath

# File systems take 255 bytes; results add "__0000" and their own endings to a video's stem.
MAX_STEM_BYTES = 230


def printable(name: str) -> str:
    r"""The name in one line of text: what cannot be printed, such as a line break, is written as in Python.

    Examples:
        >>> printable("Finale é 決勝.mp4")
        'Finale é 決勝.mp4'
        >>> print(printable("two\nlines.mp4"))
        two\nlines.mp4
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)


def check_name(uri: str) -> None:
    """Raises ValueError for the name of a video after which no result could be named.

    Args:
        uri: path of the video below the folder of videos.
    """
    stem = PurePosixPath(uri).stem
    try:
        size = len(stem.encode())
    except UnicodeEncodeError:
        raise ValueError(f"{printable(uri)} must have a name in UTF-8, got other bytes. Rename it.") from None
    if "::" in stem:
        raise ValueError(
            f"{printable(uri)} must have a name without '::', which storage addresses give a meaning. Rename it."
        )
    if size > MAX_STEM_BYTES:
        raise ValueError(f"{printable(uri)} must have a name of at most {MAX_STEM_BYTES} bytes, got {size}. Rename it.")
