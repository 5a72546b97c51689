"""Whether leaving a useful filter out shows, and leaving a needless one out does not.

    python benchmarks/ablation_micro.py [--out DIR] [--seeds 3]

The small world of `curator ablate --micro`, the recipe that comes along, and beside the first three
arms two more: without `truncated`, which drops answers that stop too early, and without
`near_duplicate`, which drops rows that are right and there twice.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

from curator.ablate.ablate import compare
from curator.ablate.facts import as_json
from curator.ablate.material import told_of
from curator.ablate.micro import micro_run, planted_in, write_questions
from curator.ablate.summary import planted_facts
from curator.ablate.wanted import Wanted
from curator.ablate.world import drills, held_out, messy
from curator.ablate.write import write_ablation
from curator.models.device import device
from curator.models.transformer import one_thread_each

ROWS = 10_000


def main() -> None:
    """Run it, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("ablations/bars"))
    parser.add_argument("--seeds", type=int, default=3)
    said = parser.parse_args()
    began, used = time.perf_counter(), time.process_time()
    paths = [said.out / name for name in ("messy.jsonl", "clean.jsonl", "known_before.jsonl")]
    write_questions(paths[0], messy(ROWS, 0))
    write_questions(paths[1], held_out(300, 0))
    write_questions(paths[2], list(drills(300, -1)))
    run = micro_run(None, paths[0], said.out / "run", lambda event: None)
    told = told_of(run, paths[1:2], paths[2:], said.out / "stdin.data")
    arms = ("truncated", "near_duplicate")
    wanted = Wanted(None, micro=True, seeds=said.seeds, arms=arms, out=said.out)
    with one_thread_each(device()):
        found = compare(wanted, told, said.out, lambda line: print(line, flush=True))
    found = replace(found, planted=planted_facts(planted_in(run)))
    write_ablation(said.out, found)
    spent = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}
    print(json.dumps(as_json(found) | spent, indent=1))


if __name__ == "__main__":
    main()
