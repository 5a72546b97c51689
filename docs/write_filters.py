"""Write docs/filters.md: every filter as its code declares it, and examples that are run.

    python docs/write_filters.py           # write the page
    python docs/write_filters.py --check   # exit 1 where it is not what would be written today

Each rule has two examples in `docs/examples/<filter>.yaml`: a row, or several, of which the rule
fires for one, and a row, or several, where it fires for none. Here both are run.
"""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import yaml

import curator
from curator.filters import FILTERS, Filter
from curator.privacy import masked
from curator.recipe.model import rule_names

DOCS = Path(__file__).parent
PAGE = DOCS / "filters.md"
_HIDDEN = {"filter", "name", "on", "score_dropped"}
_MARK = "docs_example"
_SHOWN = 160
_TOLD = 2

_HEAD = """# Filters

Written by `make docs` from the declarations in the code; the test suite runs the examples. Every
rule can `drop`, `flag` or be `off`: `on: {rule: action}` in the recipe. A threshold can be moved
without measuring again; any other setting measures anew. Where a number comes from stands with it.

| filter | what it does | drops | flags |
|---|---|---|---|
"""


class Example(NamedTuple):
    """One rule's examples, and whether they do what they are for."""

    rule: str
    fires: list[dict[str, Any]]
    passes: list[dict[str, Any]]
    fault: str = ""


def main(words: list[str]) -> int:
    """Write the page or compare with it; faults of examples are told and are an error."""
    found = {str(leaf.model_fields["filter"].default): examples_of(leaf) for leaf in FILTERS}
    faults = [
        f"{tag}.{example.rule}: {example.fault}"
        for tag, examples in found.items()
        for example in examples
        if example.fault
    ]
    text = page(found)
    if "--check" in words:
        if not PAGE.exists() or PAGE.read_text("utf-8") != text:
            faults.append(f"{PAGE.name} is out of date: run `make docs`")
    else:
        PAGE.write_text(text, "utf-8")
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


def examples_of(leaf: type[Filter]) -> list[Example]:
    """Read a filter's examples and run them, all in one run, every rule flagging."""
    tag = str(leaf.model_fields["filter"].default)
    file = DOCS / "examples" / f"{tag}.yaml"
    told: dict[str, Any] = yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}
    entry = leaf.model_validate(told.get("settings", {}))
    entry = entry.placed(lambda path: str(DOCS / "examples" / path) if path[0] == "." else path)
    rules = told.get("rules", {})
    examples = [
        Example(rule, _rows(rules[rule]["fires"]), _rows(rules[rule]["passes"]))
        if rule in rules
        else Example(rule, [], [], f"no example in {file.name}")
        for rule in rule_names(entry)
    ]
    strange = set(rules) - {example.rule for example in examples}
    if strange:
        raise SystemExit(f"{file.name}: {tag} has no rule {', '.join(sorted(strange))}")
    fired = _run(entry, examples, beside=told.get("beside", []))
    return [_judged(example, fired) for example in examples]


def _judged(example: Example, fired: dict[str, set[str]]) -> Example:
    if example.fault:
        return example
    if example.rule not in fired.get(f"{example.rule} fires", set()):
        return example._replace(fault="does not fire where it should")
    if example.rule in fired.get(f"{example.rule} passes", set()):
        return example._replace(fault="fires where it should not")
    return example


def _rows(said: dict[str, Any] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """List the rows of an example; `repeat: n` in a row makes n of it, `{n}` their number."""
    rows = []
    for row in said if isinstance(said, list) else [said]:
        bare = {name: value for name, value in row.items() if name != "repeat"}
        if "repeat" not in row:
            rows.append(bare)
            continue
        text = json.dumps(bare)
        rows += [json.loads(text.replace("{n}", str(at + 1))) for at in range(row["repeat"])]
    return rows


def _run(entry: Filter, examples: list[Example], beside: list[str]) -> dict[str, set[str]]:
    """Run the filter over all its examples; return the rules that fired, by example.

    `beside` are files of the sample data among which the examples stand.
    """
    rows = [
        row | {_MARK: f"{example.rule} {side}"}
        for example in examples
        for side, said in (("fires", example.fires), ("passes", example.passes))
        for row in said
    ]
    if not rows:
        return {}
    settings = entry.model_dump(mode="json") | {"on": dict.fromkeys(rule_names(entry), "flag")}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = []
        for at, row in enumerate(rows):
            paths.append({"path": f"{at:04d}.json"})
            (folder / f"{at:04d}.json").write_text(json.dumps([row]), "utf-8")
        paths += [{"path": str(DOCS.parent / "sample_data" / file)} for file in beside]
        recipe = {"input": paths, "filters": [settings]}
        (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe), "utf-8")
        run = curator.curate(folder / "recipe.yaml", out=folder / "run")
        extras = run.records().select("extra").collect()["extra"]
        flags = run.decisions().select("flags").collect()["flags"]
        fired: dict[str, set[str]] = {}
        for extra, reasons in zip(extras, flags, strict=True):
            mark = (json.loads(extra) if extra else {}).get(_MARK, "")
            fired.setdefault(mark, set()).update(str(one).rpartition(".")[2] for one in reasons)
        return fired


def page(found: dict[str, list[Example]]) -> str:
    """Lay out the whole page."""
    entries = {str(leaf.model_fields["filter"].default): leaf for leaf in FILTERS}
    rows = "".join(_line(tag, leaf) for tag, leaf in entries.items())
    sections = [_section(entries[tag], examples) for tag, examples in found.items()]
    return _HEAD + rows + "\n" + "\n".join(sections)


def _line(tag: str, leaf: type[Filter]) -> str:
    entry = leaf()
    by_action: dict[str, list[str]] = {"drop": [], "flag": []}
    for rule in rule_names(entry):
        by_action.setdefault(entry.action(rule), []).append(f"`{rule}`")
    purpose = _flat(leaf.__doc__ or "").partition(". ")[0].rstrip(".")
    drops, flags = (" ".join(by_action[action]) for action in ("drop", "flag"))
    return f"| [`{tag}`](#{tag}) | {purpose} | {drops} | {flags} |\n"


def _section(leaf: type[Filter], examples: list[Example]) -> str:
    entry = leaf()
    lines = [f"## {entry.tag}", "", *_paragraphs(leaf.__doc__ or ""), ""]
    settings = [name for name in leaf.model_fields if name not in _HIDDEN]
    if settings:
        lines += ["| setting | default | |", "|---|---|---|"]
        lines += [_setting(leaf, entry, name) for name in settings]
        lines.append("")
    bounds = entry.bounds()
    lines += ["| rule | action | threshold | fires on | lets pass |", "|---|---|---|---|---|"]
    hide = entry.tag == "secrets"  # even an invented key alarms whoever scans a repository
    for example in examples:
        bound = bounds.get(example.rule, ("", None))[1] or ""
        cells = (
            f"`{example.rule}`",
            entry.action(example.rule),
            f"`{bound}`" if bound else "",
            _shown(example.fires, hide=hide),
            _shown(example.passes, hide=hide),
        )
        lines.append(f"| {' | '.join(cells)} |")
    file = DOCS / "examples" / f"{entry.tag}.yaml"
    told = yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}
    if told.get("beside"):
        lines += ["", f"The examples stand among the records of {', '.join(told['beside'])}."]
    if told.get("settings"):
        said = yaml.safe_dump(told["settings"], default_flow_style=True, width=10_000).strip()
        lines += ["", f"The examples are run with `{said}`."]
    return "\n".join(lines) + "\n"


def _setting(leaf: type[Filter], entry: Filter, name: str) -> str:
    kind = " (threshold)" if name in leaf.thresholds() else ""
    default = entry.model_dump(mode="json")[name]
    said = "unset" if default is None else json.dumps(default)
    return f"| `{name}`{kind} | {said} | {_flat(leaf.model_fields[name].description or '')} |"


def _shown(rows: list[dict[str, Any]], *, hide: bool) -> str:
    if not rows:
        return "\u2013"
    more = f" and {len(rows) - _TOLD} more" if len(rows) > _TOLD else ""
    said = " then ".join(_row(row) for row in rows[:_TOLD]) + more
    return masked(said) if hide else said


def _row(row: dict[str, Any]) -> str:
    """Write an example as what was asked, an arrow, and what was answered."""
    texts = [f"{turn['role']}: {turn.get('content') or ''}" for turn in row.get("messages", ())]
    if not texts:
        asked = "\n".join(str(row[key]) for key in ("instruction", "prompt", "input") if key in row)
        keys = ("completion", "output", "chosen", "rejected")
        texts = [asked, *(str(row[key]) for key in keys if key in row)]
    return " → ".join(_code(text) for text in texts)


def _code(text: str) -> str:
    flat = " ".join(text.split())
    cropped = flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN // 2]} … {flat[-_SHOWN // 3 :]}"
    if not cropped:
        return "(empty)"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", cropped)), default=0))
    pad = " " if cropped.startswith("`") or cropped.endswith("`") else ""
    return f"{fence}{pad}{cropped}{pad}{fence}".replace("|", "\\|")


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _paragraphs(text: str) -> list[str]:
    parts = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    return "\n\n".join(parts).split("\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
