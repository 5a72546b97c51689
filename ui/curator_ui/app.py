"""The page itself: `streamlit run` of this file with a run directory shows the run."""

import sys
from pathlib import Path

import streamlit as st

from curator.errors import CuratorError
from curator.privacy import values, values_are_shown
from curator.run import Run
from curator_ui.data import PAGE, Choice, count_of, page_of, reasons_of
from curator_ui.training import show_dry_run

_ALL = "every reason"


def show(path: Path) -> None:
    """Lay out one run: its counts, its reasons, its records."""
    run = Run.open(path)
    counts = run.manifest.counts
    st.title(run.recipe.name)
    for column, name in zip(
        st.columns(4), ("records", "kept", "dropped", "quarantined"), strict=True
    ):
        column.metric(name, f"{counts[name]:,}")
    reasons = reasons_of(run)
    st.dataframe(reasons, hide_index=True)
    if run.recipe.tune is not None:
        show_dry_run(path, values=values_are_shown())
    kept = st.radio("side", ["dropped", "kept"], horizontal=True) == "kept"
    reason = _ALL if kept else st.selectbox("reason", [_ALL, *reasons["reason"]])
    choice = Choice(kept, None if reason == _ALL else reason)
    pages = max(1, -(-count_of(run, choice) // PAGE))
    page = st.number_input("page", 1, pages) - 1
    for record in page_of(run, choice, int(page)):
        _record(record)


def _record(record: dict[str, object]) -> None:
    """Show one record as text: nothing in it is markup."""
    with st.container(border=True):
        st.caption(f"{record['source']}:{record['row']} {record['reason'] or 'kept'}")
        st.text(record["prompt"])
        st.text(record["response"])


try:
    given = [word for word in sys.argv[1:] if word != "--show-values"]
    with values(shown="--show-values" in sys.argv):
        show(Path(given[0] if given else "runs/demo"))
except CuratorError as error:
    st.error(str(error))
