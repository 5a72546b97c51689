"""Audit in Markdown: associations, shifts of the scorer, and weights toward parity as tables."""

import math

from curator.report.audit import Audit
from curator.report.corpus_markdown import Table
from curator.report.figures import number, percent


def audit_tables(audit: Audit) -> list[Table]:
    """Lay out the audit; nothing gives no table."""
    swapped = audit.swapped
    tables: list[Table] = [
        (
            "What is said with whom",
            (
                "group",
                "with it",
                "#times",
                "#of",
                "#others",
                "#of them",
                "#odds ratio",
                "#p",
                "record",
            ),
            [_associated(row) for row in audit.associations.iter_rows(named=True)],
        ),
        (
            "When groups trade places: the scorer",
            ("of the", "direction", "#turns", "#mean shift", "#95% interval", "sure"),
            [_mean(row) for row in swapped.means.iter_rows(named=True)],
        ),
        (
            "When groups trade places: the texts",
            ("of the", "#turned", "#moved", "#beyond"),
            [
                (row["side"], *(number(row[name]) for name in ("records", "above", "limit")))
                for row in swapped.shares.iter_rows(named=True)
            ],
        ),
        (
            "Toward parity",
            ("axis", "group", "#records", "#share", "#weight", "#share then"),
            [_balanced(row) for row in audit.balanced.iter_rows(named=True)],
        ),
    ]
    return [table for table in tables if table[2]]


def _associated(row: dict[str, object]) -> tuple[str, ...]:
    name = row["name"] if row["kind"] == "outcome" else f"{row['kind']}: {row['name']}"
    counts = (row[column] for column in ("found", "trials", "others_found", "others_trials"))
    return (
        f"{row['axis']} {str(row['group']).replace('_', ' ')}",
        str(name),
        *(number(int(str(count))) for count in counts),
        f"{math.exp(float(str(row['log_odds']))):.1f}",
        number(float(str(row["p"]))),
        str(row["id"])[:12],
    )


def _mean(row: dict[str, object]) -> tuple[str, ...]:
    shift, low, high = (float(str(row[name])) for name in ("shift", "low", "high"))
    return (
        str(row["side"]),
        str(row["direction"]).replace("_", " ").replace(">", " → "),
        number(int(str(row["turns"]))),
        f"{shift:+.4f}",
        f"{low:+.4f} to {high:+.4f}",
        "yes" if row["apart"] else "no",
    )


def _balanced(row: dict[str, object]) -> tuple[str, ...]:
    records, share, weight, after = (
        float(str(row[name])) for name in ("records", "share", "weight", "share_after")
    )
    return (
        str(row["axis"]),
        str(row["group"]),
        number(records),
        percent(share),
        number(weight),
        percent(after),
    )
