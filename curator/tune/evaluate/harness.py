"""Harness: our prompts and held-out records as tasks that lm-eval-harness runs as they are."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from curator.run import write_text
from curator.training.conversation import Conversation
from curator.tune.evaluate.exam import Exam
from curator.tune.evaluate.prompts import bundled_prompts

CONSTRAINTS, HELD_OUT = "curator_constraints", "curator_held_out"
OURS = "own"
"""What to name where none of the harness's own tasks is wanted."""
_METRICS = "curator_metrics.py"
_MOST = "max_gen_toks: 256"


@dataclass(frozen=True)
class Tasks:
    """A folder of tasks, and how to run them."""

    folder: str
    tasks: list[str]
    left_out: int
    """Held-out records that a task cannot carry: those of more than a question and an answer."""
    command: str
    others: list[str]
    """The harness's own tasks that were named."""

    def facts(self) -> dict[str, Any]:
        """Return what machines are told."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return what people are told."""
        found = [f"lm-eval tasks: {self.folder} ({', '.join(self.tasks)})", f"  {self.command}"]
        if self.left_out:
            found.append(f"  {self.left_out:,} held-out records of several turns are not in them")
        if self.others:
            found.append(
                f"  {', '.join(self.others)}: the harness fetches their questions from the Hugging "
                "Face hub the first time; ifeval also fetches punkt_tab of nltk. Ours need no "
                "network."
            )
        return found


def write_tasks(folder: Path, model: Path, others: Sequence[str], exam: Exam) -> Tasks:
    """Write the tasks into a folder, and say how a model is run on them and on others."""
    held_out = exam.held_out.conversations if exam.held_out else []
    ours = files("curator.tune.evaluate")
    checks = (ours / "constraints.py").read_text("utf-8")
    footer = (ours / "lm_eval" / "footer.txt").read_text("utf-8")
    settings = (ours / "lm_eval" / "constraints.yaml").read_text("utf-8")
    texts = {
        _METRICS: checks.replace("import json\n", "import json\nimport pathlib\n", 1) + footer,
        "constraints.jsonl": _lines(_asked()),
        f"{CONSTRAINTS}.yaml": settings.replace(_MOST, f"max_gen_toks: {exam.most_tokens}"),
    }
    rows = [row for one in held_out if (row := _row(one)) is not None]
    names = [CONSTRAINTS]
    if rows:
        names.append(HELD_OUT)
        texts["held_out.jsonl"] = _lines(rows)
        texts[f"{HELD_OUT}.yaml"] = (ours / "lm_eval" / "held_out.yaml").read_text("utf-8")
    for name, text in texts.items():
        write_text(folder / name, text)
    named = [name for name in others if name != OURS]
    command = _command(folder, model, [*names, *named])
    return Tasks(str(folder), names, len(held_out) - len(rows), command, named)


def _command(folder: Path, model: Path, tasks: Sequence[str]) -> str:
    parts = ["lm_eval", "--model", "hf", "--model_args", _model_arguments(model)]
    parts += ["--include_path", str(folder), "--tasks", ",".join(tasks), "--apply_chat_template"]
    return shlex.join(parts)


def _model_arguments(model: Path) -> str:
    """Name the model; an adapter is read over the model that it was trained on."""
    adapter = model / "adapter_config.json"
    if not adapter.is_file():
        return f"pretrained={model}"
    base = json.loads(adapter.read_text("utf-8")).get("base_model_name_or_path")
    return f"pretrained={base},peft={model}"


def _asked() -> list[dict[str, str]]:
    """Return a row a prompt; constraints are JSON text, for a data set has one type a column."""
    return [
        {"id": one.id, "prompt": one.text, "constraints": json.dumps(one.constraints)}
        for one in bundled_prompts("instructions")
    ]


def _row(one: Conversation) -> dict[str, str] | None:
    """Return a record of one question and one answer; the harness knows no other."""
    roles = [turn["role"] for turn in one.messages]
    if roles != ["user", "assistant"] or not one.messages[1]["content"]:
        return None
    asked, said = (turn["content"] for turn in one.messages)
    return {"id": one.id, "task": one.group, "prompt": asked, "answer": said}


def _lines(rows: Sequence[dict[str, str]]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
