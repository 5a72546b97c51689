"""Labelled sets: read, judged by a filter through its scores and rules, measured, laid out."""
