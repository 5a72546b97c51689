"""Write: an ablation as JSON for machines, Markdown for a card, and a page for people."""

import json
from pathlib import Path
from typing import NamedTuple

from curator.ablate.facts import as_json
from curator.ablate.markdown import to_markdown
from curator.ablate.page import to_page
from curator.ablate.trial import Ablation
from curator.ablate.verdict import Verdict, verdict_of
from curator.run import write_text


class Paths(NamedTuple):
    """The files of an ablation."""

    html: Path
    markdown: Path
    json: Path


def write_ablation(folder: Path, ablation: Ablation, verdict: Verdict | None = None) -> Paths:
    """Write `ablation.html`, `ablation.md` and `ablation.json`, each whole or not at all."""
    verdict = verdict or verdict_of(ablation)
    paths = Paths(*(folder / f"ablation.{ending}" for ending in ("html", "md", "json")))
    write_text(paths.html, to_page(ablation, verdict))
    write_text(paths.markdown, to_markdown(ablation, verdict))
    facts = json.dumps(as_json(ablation, verdict), ensure_ascii=False, indent=2, allow_nan=False)
    write_text(paths.json, facts + "\n")
    return paths
