"""Write: the report of a run, as files in its folder."""

from pathlib import Path
from typing import NamedTuple

from curator.privacy import values_are_shown
from curator.report.audit import weights_toward_parity
from curator.report.facts import facts_of
from curator.report.html import to_html
from curator.report.markdown import to_markdown
from curator.report.reference import BALANCED, Reference
from curator.run import Run, write_frame, write_text


class ReportPaths(NamedTuple):
    """The files of a report."""

    html: Path
    markdown: Path


def write_report(run: Run, reference: Reference = BALANCED) -> ReportPaths:
    """Write `report.html` and `report.md` of a run, each whole or not at all.

    Where groups can be balanced, `balance.parquet` has the weights of the kept records.
    `reference` is the mix that tasks are held against. With values shown in them, only their owner
    can read them.
    """
    facts, folder = facts_of(run, reference), run.report_folder()
    paths = ReportPaths(folder / "report.html", folder / "report.md")
    private = values_are_shown()
    write_text(paths.html, to_html(facts), private=private)
    write_text(paths.markdown, to_markdown(facts), private=private)
    weights, target = weights_toward_parity(run, facts.audit.balanced), folder / "balance.parquet"
    if weights is None:
        target.unlink(missing_ok=True)
    else:
        write_frame(target, weights)
    return paths
