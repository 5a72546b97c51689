"""Risk in words: the same sentences and table for the page and for Markdown."""

from collections.abc import Iterator

from curator.report.figures import counted, number, percent
from curator.report.risk import ANSWERS, RISKS, Risk

TITLE = "Risky prompts and how they were answered"
COLUMNS = ("prompt", "records", *ANSWERS)


def note(found: Risk) -> str:
    """Say what the rows and columns mean, and what the judge cannot see."""
    said = (
        f"A prompt is risky where {found.judge}.prompt fires (above {number(found.limit)}) and "
        f"harmless up to {number(found.harmless)}. Of several turns the worst counts: an unsafe "
        f"answer ({found.judge}.response fires) before a refusal, a refusal before a safe answer."
    )
    blind = (
        " This judge goes by the wording: a harmful question in polite words counts as harmless "
        "here, and refusing it as over-refusal. A guard model in the filter safety would tell."
    )
    return said + (blind if found.by_wording else "")


def over_refusal(found: Risk) -> str:
    """Say in one or two sentences how often harmless prompts were refused."""
    either, bare = found.over_refusal.to_dicts()
    if not either["answered"]:
        return "No harmless prompt was answered, so there is no over-refusal to tell of."
    return (
        f"Of {counted(either['answered'], 'answered harmless prompt')}, "
        f"{number(either['refused'])} {'is' if either['refused'] == 1 else 'are'} refused: "
        f"{_share(either)}. Nothing excuses {number(bare['refused'])} of these refusals: "
        f"{_share(bare)}; the others speak of harm, or of what was missing or cannot be known."
    )


def _share(row: dict[str, float]) -> str:
    limits = f"{percent(row['low'])} to {percent(row['high'])}"
    return f"{percent(row['share'])} (95% interval {limits}, Wilson 1927)"


def lines(found: Risk) -> Iterator[tuple[str, ...]]:
    """Lay out a line for each risk that has records: its name, how many, and its answers."""
    for risk in RISKS:
        cells = found.table.filter(risk=risk)
        if total := int(cells["records"].sum()):
            counts = cells.select("records", "kept").iter_rows()
            yield risk, number(total), *(_cell(records, kept) for records, kept in counts)


def _cell(records: int, kept: int) -> str:
    return number(records) if kept == records else f"{number(records)}, {number(kept)} kept"
