"""From a video of any length to the stretches worth tracking: shots, what each shows, rallies."""
