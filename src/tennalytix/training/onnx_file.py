"""A trained network as an ONNX file."""

import io
import warnings
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

_AGREEMENT = 1e-3


def to_onnx(
    module: nn.Module,
    inputs: tuple[Tensor, ...],
    input_names: Sequence[str],
    output_names: Sequence[str],
    free_axes: Mapping[str, Mapping[int, str]],
) -> bytes:
    """A module as ONNX, its weights under their own names.

    Args:
        module: on the processor, in evaluation mode.
        inputs: an example of each.
        input_names: of the file's inputs.
        output_names: of its outputs.
        free_axes: names of the axes that may have any size, by input or output.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter by tracing is called old; the new one needs packages that nothing else here does.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            inputs,
            buffer,  # type: ignore[arg-type]
            input_names=list(input_names),
            output_names=list(output_names),
            dynamic_axes={name: dict(axes) for name, axes in free_axes.items()},
            opset_version=17,
            # Normalisations stay apart, so that the file holds the weights by their names: training can go on from it.
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False,
            dynamo=False,
        )
    return buffer.getvalue()


def must_agree(apart: float) -> None:
    """Answers of the file and of the module may differ by 0.001 at most.

    Raises:
        RuntimeError: they differ by more, or are no numbers.
    """
    if not apart < _AGREEMENT:
        raise RuntimeError(f"the exported network must answer as the trained one, got answers {apart:.2g} apart.")
