"""Write the answers of the judge in the examples, docs/examples/judge_answers.

    python docs/make_judge_answers.py

No model is asked: the grades were given by hand and stand in docs/examples/judge.yaml. Run it anew
when a rubric or an example has changed, for an answer is known by the hash of all that was asked.
"""

import shutil
from pathlib import Path

import polars as pl
import yaml

from curator.filters._judging import Judging
from curator.filters._rubrics import RUBRICS
from curator.filters.judge import Judge
from curator.models import Graded
from curator.records import Origin, Record, content_of, frame_of

EXAMPLES = Path(__file__).parent / "examples"
FOLDER = EXAMPLES / "judge_answers"


def main() -> None:
    """Write a line for every grade."""
    told = yaml.safe_load((EXAMPLES / "judge.yaml").read_text("utf-8"))
    shutil.rmtree(FOLDER, ignore_errors=True)
    entry = Judge.model_validate(told["settings"] | {"cache": str(FOLDER)})
    judging = Judging(entry.task())
    for example in told["rules"].values():
        for row in example.values():
            grades = dict(zip(RUBRICS, told["grades"].get(row["completion"], ()), strict=False))
            for one in judging.requests(frame(row["prompt"], row["completion"])):
                if one.key is not None and one.rubric in grades:
                    judging.answered.keep(one.key, Graded(float(grades[one.rubric]), 0, 0))


def frame(prompt: str, completion: str) -> pl.DataFrame:
    """Make a record of a prompt and an answer."""
    record = Record(
        messages=[
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": completion},
        ]
    )
    content = content_of(record)
    return frame_of([record], [Origin(f"{content}-0", content, "example", 1)])


if __name__ == "__main__":
    main()
