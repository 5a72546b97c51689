"""Markdown: the same facts, short, for a terminal, a pull request or a dataset's own pages."""

from collections.abc import Iterable, Sequence

from curator.report.audit_markdown import audit_tables
from curator.report.cards import Card
from curator.report.contamination_lines import contamination_tables
from curator.report.corpus_markdown import Table, corpus_tables
from curator.report.diverse_markdown import diverse_sections
from curator.report.facts import Facts
from curator.report.figures import bound, counted, number, part, percent, seconds
from curator.report.risk_lines import COLUMNS, TITLE, lines, note, over_refusal
from curator.report.selected_lines import spent, tables
from curator.report.shown import harmless
from curator.report.traits import TRAITS

_CROP = 120
_NEAREST = 3


def to_markdown(facts: Facts) -> str:
    """Write the report as Markdown; texts of records stand in code, so they are never markup."""
    sections = [
        _head(facts),
        _funnel(facts),
        _notices(facts),
        _reasons(facts),
        _overlaps(facts),
        _measures(facts),
        _borderline(facts),
        _selection(facts),
        _sources(facts),
        _budget(facts),
        *_tables(contamination_tables(facts.contamination)),
        *_tables(corpus_tables(facts.corpus)),
        *diverse_sections(facts.diverse, _table),
        _risk(facts),
        _disparity(facts),
        _represented(facts),
        *_tables(audit_tables(facts.audit)),
        _costs(facts),
        _leftovers(facts),
        _provenance(facts),
    ]
    return "\n\n".join(filter(None, sections)) + "\n"


def _head(facts: Facts) -> str:
    s = facts.summary
    share = f" ({percent(s.kept / s.records)})" if s.records else ""
    return (
        f"# {_plain(facts.name)}: {number(s.kept)} of {counted(s.records, 'record')} kept{share}"
        f"\n\n"
        f"{number(s.dropped)} dropped, each with its reason. {part(s.words_kept, s.words)} words "
        f"stay. {number(s.flagged)} flagged, {number(s.repaired)} repaired, "
        f"{counted(s.quarantined, 'input row')} quarantined."
    )


def _funnel(facts: Facts) -> str:
    steps = facts.funnel.select("step", "dropped", "left", "words_left", "flagged")
    columns = ("step", "#dropped", "#left", "#words left", "#flagged")
    return "## Funnel\n\n" + _table(columns, (_numbers(row) for row in steps.iter_rows()))


def _notices(facts: Facts) -> str:
    found = [f"- {_plain(notice.text)}" for notice in facts.notices]
    return "## Worth a look\n\n" + "\n".join(found) if found else ""


def _reasons(facts: Facts) -> str:
    tables = []
    if facts.reasons.height:
        rows = (_numbers(row) for row in facts.reasons.iter_rows())
        tables.append("## Reasons\n\n" + _table(("reason", "#decided", "#fired"), rows))
    if facts.flags.height:
        rows = (_numbers(row) for row in facts.flags.iter_rows())
        tables.append("### Flags\n\n" + _table(("flag", "#records", "#of them kept"), rows))
    return "\n\n".join(tables)


def _overlaps(facts: Facts) -> str:
    active = facts.alone.filter(facts.alone["any"] > 0)
    if active.height < 2:  # noqa: PLR2004 (one filter overlaps with none)
        return ""
    counts = {(row[0], row[1]): row[2] for row in facts.overlaps.iter_rows()}
    steps = active["step"].to_list()
    rows = [
        [step, *(number(counts[step, other]) for other in steps), number(alone)]
        for step, alone in active.select("step", "alone").iter_rows()
    ]
    columns = ("dropped by both", *(f"#{step}" for step in steps), "#alone")
    return "### Overlaps\n\n" + _table(columns, rows)


def _measures(facts: Facts) -> str:
    rows, quiet = [], []
    judged = [(cut, found.nulls) for found in facts.histograms for cut in found.cuts]
    for cut, nulls in [*judged, *((cut, 0) for cut in facts.duplicates)]:
        if not cut.fired:
            quiet.append(cut.held.reason)
            continue
        fired = part(cut.fired, facts.summary.records)
        rows.append((cut.held.reason, bound(cut.held), cut.held.action, fired, number(nulls)))
    columns = ("rule", "threshold", "action", "#fired", "#not judged")
    table = ["## Rules", _table(columns, rows)] if rows else []
    return "\n\n".join(table + ([f"Never fired: {', '.join(quiet)}."] if quiet else []))


def _borderline(facts: Facts) -> str:
    rows = []
    near = facts.borderline.select("reason", "fires", "id", "value")
    for (reason, fires), some in near.group_by(["reason", "fires"], maintain_order=True):
        for key, value in some.head(_NEAREST).select("id", "value").iter_rows():
            card = facts.cards[key, str(reason)]
            side = "fires" if fires else "passes"
            rows.append((str(reason), side, number(value), card.place, _said(card)))
    columns = ("rule", "side", "#value", "record", "response")
    return "## Borderline\n\n" + _table(columns, rows) if rows else ""


def _selection(facts: Facts) -> str:
    found = facts.selected
    if found is None:
        return ""
    laid = [f"### {title}\n\n{_table(names, rows)}" for title, names, rows in tables(found)]
    return "\n\n".join(["## Selection", spent(found), *laid])


def _tables(tables: Iterable[Table]) -> list[str]:
    return [f"## {title}\n\n{_table(columns, rows)}" for title, columns, rows in tables]


def _risk(facts: Facts) -> str:
    found = facts.risk
    if found is None:
        return ""
    table = _table([COLUMNS[0], *(f"#{name}" for name in COLUMNS[1:])], lines(found))
    return f"## {TITLE}\n\n{over_refusal(found)}\n\n{table}\n\n{note(found)}"


def _disparity(facts: Facts) -> str:
    rows = [
        (
            row["step"],
            f"{TRAITS[row['trait']].lower()} {row['group']}",
            part(row["dropped"], row["records"]),
            f"{percent(row['low'])} to {percent(row['high'])}",
            percent(row["rest"]),
        )
        for row in facts.disparity.filter("warning").iter_rows(named=True)
    ]
    columns = ("filter", "records with", "#dropped", "#95% interval", "#others")
    return "## Dropped far more often than the others\n\n" + _table(columns, rows) if rows else ""


def _represented(facts: Facts) -> str:
    rows = [
        (
            row["axis"],
            row["group"],
            number(row["records"]),
            percent(row["share"]),
            f"{percent(row['low'])} to {percent(row['high'])}",
            percent(row["kept"] / row["records"]),
            percent(row["kept_share"]),
        )
        for row in facts.represented.iter_rows(named=True)
    ]
    columns = ("axis", "group", "#records", "#share", "#95% interval", "#kept", "#share of kept")
    return "## Who is mentioned\n\n" + _table(columns, rows) if rows else ""


def _leftovers(facts: Facts) -> str:
    sections = []
    for title, found in (("Quarantine", facts.quarantine), ("Repairs", facts.repairs)):
        if found.total:
            rows = (_numbers(row) for row in found.counts.iter_rows())
            sections.append(f"## {title}\n\n" + _table(("what", "#records"), rows))
    return "\n\n".join(sections)


def _sources(facts: Facts) -> str:
    rows = [
        (
            row["source"],
            part(row["kept"], row["records"]),
            number(row["tokens"]),
            f"{row['reason']} ({number(row['lost'])})" if row["reason"] else "",
        )
        for row in facts.worth.sources.iter_rows(named=True)
    ]
    columns = ("source", "#kept", "#tokens kept", "most dropped for")
    return "## Sources\n\n" + _table(columns, rows) if rows else ""


def _budget(facts: Facts) -> str:
    found = facts.worth.budget
    longer = [
        f"{counted(longer, 'record')} longer than {number(window)}"
        for window, longer in found.windows.select("window", "longer").iter_rows()
        if longer
    ]
    said = (
        f"About {number(found.tokens)} of {number(found.read)} tokens stay, "
        f"{number(found.answers)} of them in answers."
    )
    return "## Tokens\n\n" + said + (f" {'; '.join(longer)}." if longer else "")


def _costs(facts: Facts) -> str:
    rows = [
        (
            row["step"],
            seconds(row["seconds"]) if row["rows"] else "reused",
            number(row["rows_per_second"]),
            number(row["decided"]),
            number(row["marginal"]),
        )
        for row in facts.worth.costs.iter_rows(named=True)
    ]
    columns = ("filter", "#time", "#records/s", "#dropped", "#only by it")
    return "## Cost and worth\n\n" + _table(columns, rows) if rows else ""


def _provenance(facts: Facts) -> str:
    told = facts.provenance
    rows = [
        (
            file["name"],
            file["shape"],
            number(file["rows"]),
            file["licence"] or "not said",
            f"`{file['sha256'][:12]}`",
        )
        for file in told["inputs"]
    ]
    columns = ("input", "shape", "#rows", "licence", "SHA-256")
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    models = [f"; decided with {', '.join(told['models'])}"] if told["models"] else []
    line = f"{versions}{''.join(models)}; device {told['device']}, seed {told['seed']}."
    return f"## Provenance\n\n{_table(columns, rows)}\n\n{line}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table; columns whose name starts with # are numbers, set to the right."""
    head = "| " + " | ".join(_plain(name.removeprefix("#")) for name in columns) + " |"
    rule = "|" + "|".join("---:" if name.startswith("#") else "---" for name in columns) + "|"
    lines = ["| " + " | ".join(_plain(cell) for cell in row) + " |" for row in rows]
    return "\n".join([head, rule, *lines])


def _numbers(row: tuple[object, ...]) -> list[str]:
    return [number(cell) if isinstance(cell, int | float) else str(cell) for cell in row]


def _said(card: Card) -> str:
    """Write a response as inline code: no backtick, pipe or tag of it can become markup."""
    text = " ".join("".join(piece.text for piece in card.response).split())[:_CROP]
    return f"`{text.replace('`', chr(0x2CB))}`" if text else "(empty)"


def _plain(text: str) -> str:
    """Keep a cell one cell, what stands outside of code no markup, and a terminal unharmed."""
    flat = harmless(text).replace("\n", " ").replace("|", "\\|")
    return flat if flat.startswith("`") else flat.replace("<", "&lt;")
