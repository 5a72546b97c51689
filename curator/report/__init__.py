"""Report: what a run did, as facts; the same facts as a page, as Markdown, for a terminal."""

from curator.report.as_json import as_json
from curator.report.compare import Comparison, compare
from curator.report.explain import Explanation, explain
from curator.report.facts import Facts, facts_of
from curator.report.lineup import Lineup, line_up
from curator.report.moves import Difference, difference_of
from curator.report.reference import Reference, reference_of
from curator.report.shown import shown
from curator.report.whatif import WhatIf, what_if
from curator.report.write import ReportPaths, write_report

__all__ = [
    "Comparison",
    "Difference",
    "Explanation",
    "Facts",
    "Lineup",
    "Reference",
    "ReportPaths",
    "WhatIf",
    "as_json",
    "compare",
    "difference_of",
    "explain",
    "facts_of",
    "line_up",
    "reference_of",
    "shown",
    "what_if",
    "write_report",
]
