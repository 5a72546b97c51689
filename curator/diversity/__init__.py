"""Diversity: which records together say most; arrays in, chosen rows in their order out.

Rows stand in order of preference, so that ties go to the row that comes first.
"""

from curator.diversity.allocation import allocate, in_whole_numbers
from curator.diversity.clusters import Clusters, k_means
from curator.diversity.coverage import coverage
from curator.diversity.deita import apart
from curator.diversity.facility import facility_location
from curator.diversity.k_center import farthest_first
from curator.diversity.neighbours import nearest
from curator.diversity.picks import BASES, UNLIMITED, Budget, Picks, cut
from curator.diversity.points import SQUARE, UNIT, points_of
from curator.diversity.quotas import fill, in_rounds
from curator.diversity.raking import Raked, rake, rake_within
from curator.diversity.rds import toward

__all__ = [
    "BASES",
    "SQUARE",
    "UNIT",
    "UNLIMITED",
    "Budget",
    "Clusters",
    "Picks",
    "Raked",
    "allocate",
    "apart",
    "coverage",
    "cut",
    "facility_location",
    "farthest_first",
    "fill",
    "in_rounds",
    "in_whole_numbers",
    "k_means",
    "nearest",
    "points_of",
    "rake",
    "rake_within",
    "toward",
]
