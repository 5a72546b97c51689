"""The dashboard: look at a run in a browser. Reads runs, changes nothing."""
