"""Run the ready recipes on real data, and write their funnels into docs/recipes/README.md.

    python docs/run_recipes.py DATA

DATA is the folder of the sets that `RUNS` names; none of their texts is written.
"""

import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import curator
from curator.report import facts_of
from curator.report.figures import number, part
from curator.run import Run

FOLDER = Path(__file__).parent / "recipes"


class Shown(NamedTuple):
    """One recipe, what it is for, and the public sets it is shown on."""

    recipe: str
    purpose: str
    data: tuple[str, ...]


ALPACA = "instructions/alpaca_random_9k.json"
RUNS = (
    Shown("clean", "what is broken goes, and nothing is judged", ("formats/alpaca_en_demo.json",)),
    Shown("instructions", "one question, one answer", (ALPACA,)),
    Shown("chat", "conversations", ("formats/v1_sft_demo.jsonl",)),
    Shown("preference", "chosen and rejected answers", ("formats/dpo_en_demo.json",)),
    Shown("tools", "function calls", ("instructions/toolformer_7k.json.gz",)),
    Shown("code", "programs", ("instructions/code_alpaca_2k.json",)),
    Shown("templates", "tasks made from templates", ("instructions/t0_55k.jsonl.gz",)),
    Shown("safe_assistant", "no abuse, nobody's data", ("formats/sharegpt_identity.json", ALPACA)),
    Shown("small_10k", "ten thousand that stand for all", ("instructions/t0_55k.jsonl.gz",)),
    Shown(
        "multilingual",
        "as much of each language as you say",
        (ALPACA, "instructions/alpaca_zh_10k.json.gz"),
    ),
    Shown(
        "release",
        "nothing of the benchmarks, nobody's data",
        (ALPACA, "instructions/gsm8k_train_as_alpaca.json.gz"),
    ),
)

HEAD = """# Ready recipes

Eleven recipes to start from. Each says in its comments why it does what it does. Name your data
with `--input`, as often as needed:

```sh
curator run docs/recipes/chat.yaml --input chats.jsonl --input more/*.parquet --out runs/chats
```

The funnels below come from `python docs/run_recipes.py DATA` on public sets, with the recipes as
they are here. A record counts at the step that decided; flags drop nothing.

"""


def main(data: Path) -> None:
    """Run every recipe and write the page."""
    sections = [HEAD + "| recipe | for | shown on | kept |\n|---|---|---|---:|\n"]
    details = []
    with tempfile.TemporaryDirectory() as folder:
        for shown in RUNS:
            recipe = FOLDER / f"{shown.recipe}.yaml"
            out = Path(folder) / shown.recipe
            inputs = [str(data / path) for path in shown.data]
            run = curator.curate(_beside(recipe, data, Path(folder)), inputs=inputs, out=out)
            name = " and ".join(path.rpartition("/")[2].partition(".")[0] for path in shown.data)
            counts = run.manifest.counts
            sections.append(
                f"| [`{shown.recipe}`]({shown.recipe}.yaml) | {shown.purpose} | {name} | "
                f"{part(counts['kept'], counts['records'])} |\n"
            )
            details.append(_details(shown.recipe, name, run))
    (FOLDER / "README.md").write_text("".join([*sections, *details]), "utf-8")


def _beside(recipe: Path, data: Path, folder: Path) -> Path:
    """Return a copy of the recipe that finds the evaluation sets where they lie here."""
    copy = folder / recipe.name
    text = recipe.read_text("utf-8")
    copy.write_text(text.replace("folder: benchmarks", f"folder: {data / 'benchmarks'}"), "utf-8")
    return copy


def _details(recipe: str, name: str, run: Run) -> str:
    facts = facts_of(run)
    rows = [
        f"| {row['step']} | {_blank(row['dropped'])} | {number(row['left'])} | "
        f"{_blank(row['flagged'])} |"
        for row in facts.funnel.iter_rows(named=True)
    ]
    head = "| step | dropped | left | flagged |\n|---|---:|---:|---:|"
    read = f"| read | | {number(facts.summary.records)} | |"
    return f"\n## {recipe}, on {name}\n\n" + "\n".join([head, read, *rows]) + "\n"


def _blank(count: int) -> str:
    return number(count) if count else ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
