"""Duplicates: find the pairs of records that say the same, and settle who stays."""

from curator.dedup.exact import exact_pairs
from curator.dedup.grams import gram_vectors
from curator.dedup.layers import Layer, prepare
from curator.dedup.openings import shared_openings
from curator.dedup.pairs import near_pairs, view_signatures
from curator.dedup.semantic import Compared, semantic_pairs
from curator.dedup.settle import Settlement, settle
from curator.dedup.shingles import Shingles, hash_shingles, minhash_hash, shingle_hash, shingles
from curator.dedup.signatures import from_datasketch, permutations, signatures, to_datasketch
from curator.dedup.threads import map_threads
from curator.dedup.twins import PAIR_SCHEMA, expand

__all__ = [
    "PAIR_SCHEMA",
    "Compared",
    "Layer",
    "Settlement",
    "Shingles",
    "exact_pairs",
    "expand",
    "from_datasketch",
    "gram_vectors",
    "hash_shingles",
    "map_threads",
    "minhash_hash",
    "near_pairs",
    "permutations",
    "prepare",
    "semantic_pairs",
    "settle",
    "shared_openings",
    "shingle_hash",
    "shingles",
    "signatures",
    "to_datasketch",
    "view_signatures",
]
