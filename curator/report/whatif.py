"""What if: which records other thresholds would keep or drop."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from curator.report.moves import Difference, difference_of, named
from curator.run import Run

Changes = Mapping[str, Mapping[str, Any]]


class WhatIf(NamedTuple):
    """The changes that were asked about, `{label: {setting: value}}`, and what they would do."""

    changes: Changes
    difference: Difference


def what_if(run: Run, changes: Changes) -> WhatIf:
    """Decide again under other thresholds and compare with the run; nothing is written."""
    found = difference_of(run.decisions().collect(), run.what_if(changes))
    return WhatIf(changes, named(found, run.records()))
