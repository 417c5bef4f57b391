"""A model as a catalog entry."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kedro.io.core import AbstractDataset, DatasetError
from kedro.utils import load_obj

from tennalytix.datasets.preview import HTMLPreview, described, table
from tennalytix.schema.tracks import ModelProvenance


@dataclass(frozen=True, slots=True)
class LoadedDetector:
    """A detector, ready to use, and what it is.

    Attributes:
        detector: follows one of the protocols of `detectors.base`.
        model: its name, weights and options, for fingerprints and provenance.
    """

    detector: Any
    model: ModelProvenance

    def __reduce__(self) -> "tuple[Callable[[str], LoadedDetector], tuple[str]]":
        # What is sent to a worker is how to build it; networks would be large, or cannot be sent at all.
        return _rebuild, (self.model.model_dump_json(),)


@lru_cache(maxsize=2)
def _rebuild(model: str) -> LoadedDetector:
    """Builds a detector in a worker, once for all its clips; a stage has two at most."""
    wanted = ModelProvenance.model_validate_json(model)
    loaded = DetectorDataset(detector=wanted.name, options=wanted.options).load()
    if loaded.model != wanted:
        raise ValueError(
            f"weights of {wanted.name} must be the same on all workers, got {loaded.model.weights_sha256} on one. If "
            "some have a CUDA device and some have none, set the option device: cpu in the catalog."
        )
    return loaded


class DetectorDataset(AbstractDataset[None, LoadedDetector]):
    """Builds a detector from its class path and options; weights are loaded when the dataset is.

    A wrong class path fails when the catalog is built, a wrong option before the first node runs (`checks.detectors`).

    Attributes:
        detector_class: what is built.
        options: its arguments.

    Examples:
        Catalog entry::

            ball_detector:
              type: tennalytix.datasets.DetectorDataset
              detector: tennalytix.detectors.ball_motion.MotionBallDetector
              options: {max_candidates: 8}

        >>> DetectorDataset(detector="tennalytix.detectors.ball_motion.MotionBallDetector").load().model.name
        'tennalytix.detectors.ball_motion.MotionBallDetector'
    """

    def __init__(
        self, *, detector: str, options: dict[str, Any] | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        try:
            self.detector_class: Any = load_obj(detector)
        except (ImportError, AttributeError, ValueError) as error:
            raise DatasetError(f"detector must name an importable class, got {detector!r}: {error}.") from error
        self._name = detector
        self.options = dict(options or {})
        self.metadata = metadata

    def load(self) -> LoadedDetector:
        """The detector.

        Raises:
            DatasetError: an option is unknown or out of its range, or weights or a package are missing.
        """
        try:
            detector = self.detector_class(**self.options)
        except (TypeError, ValueError) as error:
            raise DatasetError(f"options of {self._name} must be as it documents them, got {error}") from error
        except (ImportError, OSError) as error:
            raise DatasetError(f"{self._name} could not be built: {error}") from error
        weights = getattr(detector, "weights_sha256", None)
        return LoadedDetector(detector, ModelProvenance(name=self._name, weights_sha256=weights, options=self.options))

    def save(self, data: None) -> None:
        """Always an error: models are made by training, not saved here."""
        raise DatasetError("DetectorDataset must only be read.")

    def look(self) -> str:
        """The model and its options, as HTML; nothing is loaded."""
        return table(("detector", self._name), self.options.items())

    def preview(self) -> HTMLPreview:
        """What kedro-viz shows."""
        return described(self.metadata, self.look)

    def _describe(self) -> dict[str, Any]:
        return {"detector": self._name, "options": self.options}
