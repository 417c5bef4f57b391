"""Makes the networks that the detectors run: samples, training, export. Needs the extra `train`."""
