"""Ablate: did the curation help, and which filter paid off?"""
