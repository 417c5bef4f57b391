"""One file per model. What a model is asked and answers stands in `base`."""
