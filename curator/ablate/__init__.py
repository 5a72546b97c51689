"""Ablate: whether the curation helped, and which filter paid off."""
