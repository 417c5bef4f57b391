import pytest

from tennalytix.training.options import FitOptions, FootageOptions, PeopleOptions, RenderedOptions


@pytest.mark.parametrize(
    ("options", "values", "message"),
    [
        (FootageOptions, {"per_clip": 0}, r"^per_clip must be at least 1, got 0\."),
        (FootageOptions, {"seed": -1}, r"^seed must not be negative, got -1\."),
        (
            FootageOptions,
            {"doubtful_score": 0.5},
            r"^doubtful_score and sure_score must be in order and in \[0, 1\], got 0\.5 and 0\.35\.",
        ),
        (FootageOptions, {"sure_score": 1.5}, r"^doubtful_score and sure_score must be in order"),
        (RenderedOptions, {"scenes": -1}, r"^scenes must not be negative, got -1\. Use 0 for none\."),
        (RenderedOptions, {"per_scene": 0}, r"^per_scene must be at least 1, got 0\."),
        (RenderedOptions, {"first_seed": -2}, r"^first_seed must not be negative, got -2\."),
        (FitOptions, {"steps": 0}, r"^steps must be positive, got 0\."),
        (FitOptions, {"learning_rate": 0.0}, r"^learning_rate must be positive, got 0\.0\."),
        (FitOptions, {"validate_every": 0}, r"^validate_every must be positive, got 0\."),
        (FitOptions, {"patience": 0}, r"^patience must be positive, got 0\."),
        (FitOptions, {"weight_decay": -1e-4}, r"^weight_decay must not be negative, got -0\.0001\."),
        (FitOptions, {"threads": -1}, r"^threads must not be negative, got -1\."),
        (FitOptions, {"seed": -1}, r"^seed must not be negative, got -1\."),
        (FitOptions, {"average": 1.0}, r"^average must be at least 0 and below 1, got 1\.0\."),
        (FitOptions, {"budget_min": 0.0}, r"^budget_min must be positive or null, got 0\.0\."),
        (FitOptions, {"device": "tpu"}, r"^device must be auto, cpu or cuda, got 'tpu'\."),
        (PeopleOptions, {"crop_px": 100}, r"^crop_px must be a multiple of 32 and at least 64, got 100\."),
        (PeopleOptions, {"crop_px": 32}, r"^crop_px must be a multiple of 32 and at least 64, got 32\."),
        (PeopleOptions, {"batch_size": 0}, r"^batch_size must be at least 1, got 0\."),
        (PeopleOptions, {"rendered_share": 1.1}, r"^rendered_share must be in \[0, 1\], got 1\.1\."),
    ],
)
def test_bad_options_are_one_sentence(options: type, values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        options(**values)
