"""Markdown: to be written."""
from curator.report.facts import Facts
def to_markdown(facts: Facts) -> str:
    """."""
    return ""
