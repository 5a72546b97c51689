"""Training: what `curator tune` would learn from a run, asked of the command and laid out."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

_ASK = "What would be learnt?"


def show_dry_run(path: Path, *, values: bool) -> None:
    """Offer a dry run of the recipe's `tune:`, and show what it finds."""
    with st.expander("Before training"):
        st.caption("Reads what was kept as a model would, without training anything.")
        if not st.button(_ASK):
            return
        with st.spinner("Reading the kept records …"):
            found, error = _ask(path, values=values)
        if error:
            st.error(error)
        else:
            _lay_out(found)


def _ask(path: Path, *, values: bool) -> tuple[dict[str, Any], str]:
    """Run the command; in a process of its own, so that the page needs no torch."""
    command = [sys.executable, "-m", "curator", "tune", str(path), "--dry-run", "--json"]
    command += ["--show-values"] if values else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {}, done.stderr.strip().removeprefix("error: ")
    return json.loads(done.stdout), ""


def _lay_out(found: dict[str, Any]) -> None:
    plan, training = found["plan"], found["sides"][0]
    facts = {
        "records": f"{training['records']:,}",
        "tokens": f"{training['tokens']:,}",
        "learnt": f"{training['supervised'] / max(1, training['tokens']):.0%}",
        "steps": f"{plan['steps']:,}",
        "rows filled": f"{found['fill']:.1%}",
    }
    for column, (name, value) in zip(st.columns(len(facts)), facts.items(), strict=True):
        column.metric(name, value)
    for reason, count in found["reasons"].items():
        st.text(f"left out: {reason}, {count:,}")
    for notice in found["notices"]:
        tell = st.warning if notice["level"] == "warning" else st.info
        tell(
            f"{notice['name']} ({notice['count']:,} records): {notice['text']}; {notice['advice']}"
        )
    st.caption("As the model sees it; learnt is what stands between ⟦ and ⟧")
    for record in found["records"]:
        st.text(marked(record["text"], record["learnt"]))


def marked(text: str, learnt: Sequence[Sequence[int]]) -> str:
    """Put ⟦ and ⟧ round the stretches that are learnt."""
    return "".join(_parts(text, learnt))


def _parts(text: str, learnt: Sequence[Sequence[int]]) -> Iterator[str]:
    at = 0
    for start, end in learnt:
        yield f"{text[at:start]}⟦{text[start:end]}⟧"
        at = end
    yield text[at:]
