"""From what detectors saw to tracks: choosing, linking, cleaning. NumPy and SciPy only, no pixels."""
