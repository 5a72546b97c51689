"""What is exported for lm-eval-harness runs there, offline, and measures the same."""

import json
import math
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from curator.recipe import Tune
from curator.training.conversation import Conversation
from curator.tune.evaluate.constraints import followed
from curator.tune.evaluate.exam import Exam
from curator.tune.evaluate.harness import Tasks, write_tasks
from curator.tune.evaluate.held_out import HeldOut
from curator.tune.evaluate.prompts import bundled_prompts

TURNS = ("user", "assistant")


def conversation(name: str, *texts: str) -> Conversation:
    return Conversation(
        name,
        [{"role": TURNS[place % 2], "content": text} for place, text in enumerate(texts)],
        None,
        "code",
    )


HELD = [conversation(f"r{n}", f"What is {n}?", f"It is {n}, “a number”.") for n in range(4)]
EXAM = Exam((), HeldOut("validation", [*HELD, conversation("m", *"abcd")], {}, Tune()), 6)


@pytest.fixture
def tasks(tmp_path: Path) -> Tasks:
    return write_tasks(tmp_path / "tasks", tmp_path / "model", ["own", "mmlu"], EXAM)


def test_the_command_names_tasks_and_what_needs_the_network(tasks: Tasks, tmp_path: Path) -> None:
    assert tasks.command.split() == [
        "lm_eval",
        "--model",
        "hf",
        "--model_args",
        f"pretrained={tmp_path / 'model'}",
        "--include_path",
        str(tmp_path / "tasks"),
        "--tasks",
        "curator_constraints,curator_held_out,mmlu",
        "--apply_chat_template",
    ]
    told = "\n".join(tasks.lines())
    assert "1 held-out records of several turns are not in them" in told
    assert "mmlu: the harness fetches" in told


def test_without_a_run_there_is_no_task_of_held_out_records(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path, tmp_path, ["own"], Exam(()))
    assert tasks.tasks == ["curator_constraints"]
    assert not (tmp_path / "curator_held_out.yaml").exists()
    assert len(tasks.lines()) == 2


def test_an_adapter_is_run_over_its_base(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text('{"base_model_name_or_path": "some/base"}')
    tasks = write_tasks(tmp_path / "tasks", tmp_path, ["own"], EXAM)
    assert f"pretrained=some/base,peft={tmp_path}" in tasks.command


def test_the_metrics_need_nothing_of_curator(tasks: Tasks) -> None:
    code = (
        "import json, curator_metrics as m\n"
        "row = json.loads(open('constraints.jsonl').readline())\n"
        "print(json.dumps([m.constraint_results(row, ['Sure, yes:\\nAll of it']),"
        " m.per_byte([(-3.0, 2), (-1.0, 2)]), m.share([[True, False], [True]])]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.')\n{code}"],
        cwd=tasks.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [
        {
            "prompts_strict": False,
            "prompts_loose": True,
            "constraints_strict": [False],
            "constraints_loose": [True],
        },
        1.0,
        2 / 3,
    ]


@pytest.mark.slow
@pytest.mark.skipif(find_spec("lm_eval") is None, reason="lm_eval is not installed")
def test_the_harness_measures_what_we_do(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from curator.training.model import load_tokenizer, read_model
    from curator.training.quiet import without_bars
    from curator.training.render import Renderer
    from curator.training.tiny import make_tiny
    from curator.tune.evaluate.replies import replies_of

    torch.set_num_threads(1)
    with without_bars():
        texts = [turn["content"] for one in HELD for turn in one.messages]
        model = make_tiny(tmp_path / "model", texts, width=32, layers=1)
    tasks = write_tasks(tmp_path / "tasks", model, ["own"], EXAM)
    found = run_harness(tasks, model, limit=6)

    read, renderer = read_model(model), Renderer(load_tokenizer(model))
    prompts = bundled_prompts("instructions")[:6]
    strict = [
        all(followed(one.text, one.prompt.constraints))
        for one in replies_of(read, renderer, prompts, 6)
    ]
    assert found["curator_constraints"]["prompts_strict,none"] == sum(strict) / 6
    nats, size = 0.0, 0
    for one in HELD:
        asked = renderer.prompt(Conversation("", one.messages[:1]))
        end = asked.pop()  # the harness counts the white space before an answer as part of it
        said = [end, *renderer.tokenizer.encode(one.messages[1]["content"])]
        with torch.inference_mode():
            logits = read(input_ids=torch.tensor([asked + said])).logits[0].double()
        chances = torch.log_softmax(logits[len(asked) - 1 : -1], -1)
        nats -= float(chances.gather(1, torch.tensor(said)[:, None]).sum())
        size += len(one.messages[1]["content"].encode())
    assert math.isclose(found["curator_held_out"]["nats_per_byte,none"], nats / size, rel_tol=1e-4)


def run_harness(tasks: Tasks, model: Path, limit: int) -> dict[str, Any]:
    """Run the command that is printed, where no network may be asked."""
    command = [sys.executable, "-m", *tasks.command.split()]
    out = Path(tasks.folder).parent / "results"
    command += ["--device", "cpu", "--limit", str(limit), "--output_path", str(out)]
    command[command.index(f"pretrained={model}")] += ",dtype=float32"
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    subprocess.run(command, env=os.environ | offline, check=True, capture_output=True)
    (path,) = out.rglob("results_*.json")
    results: dict[str, Any] = json.loads(path.read_text())["results"]
    return results
