"""Tune: a run's kept records become a trained model, and the model is held against what it was."""
