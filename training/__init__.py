"""Making the story model: one module per step, run as `python -m training.STEP`."""
