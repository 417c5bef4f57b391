"""What the nodes of all networks share: names of rendered scenes, and reading stored samples."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence

from tennalytix.training.options import RenderedOptions
from tennalytix.training.samples import S, SampleFile

logger = logging.getLogger(__name__)


def scene_seeds(options: RenderedOptions) -> dict[str, int]:
    """Seeds of the rendered scenes by name."""
    return {f"scene_{seed:05d}": seed for seed in range(options.first_seed, options.first_seed + options.scenes)}


def read_samples(
    files: Mapping[str, Callable[[], bytes]],
    from_bytes: Callable[[bytes], Sequence[S]],
    nothing: str,
) -> list[SampleFile[S]]:
    """What is in stored files of samples.

    Args:
        files: load functions by name.
        from_bytes: the samples in a file's content.
        nothing: what a file without samples lacks, for the log.

    Raises:
        ValueError: a file is damaged.
    """
    read = []
    for name, load in files.items():
        data = load()
        try:
            samples = from_bytes(data)
        except ValueError as error:
            raise ValueError(f"{name}: {error} Delete the file and run training anew.") from error
        if samples:
            read.append(SampleFile(samples[0].source, hashlib.sha256(data).hexdigest(), samples))
        else:
            logger.warning("training: %s has %s.", name, nothing)
    return read
