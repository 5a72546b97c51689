"""Diversity: what records ask for, how varied they are, and which of them together say most.

Where rows are chosen they stand in order of preference: ties go to the row that comes first.
"""

from curator.diversity.allocation import allocate, in_whole_numbers
from curator.diversity.classify import TASK_SCHEMA, classify, own_tasks
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
from curator.diversity.taxonomy import COARSE, COARSE_OF, DOMAINS, FINE, FORMS, TAXONOMY

__all__ = [
    "BASES",
    "COARSE",
    "COARSE_OF",
    "DOMAINS",
    "FINE",
    "FORMS",
    "SQUARE",
    "TASK_SCHEMA",
    "TAXONOMY",
    "UNIT",
    "UNLIMITED",
    "Budget",
    "Clusters",
    "Picks",
    "Raked",
    "allocate",
    "apart",
    "classify",
    "coverage",
    "cut",
    "facility_location",
    "farthest_first",
    "fill",
    "in_rounds",
    "in_whole_numbers",
    "k_means",
    "nearest",
    "own_tasks",
    "points_of",
    "rake",
    "rake_within",
    "toward",
]
