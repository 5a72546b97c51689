"""Accuracy of the feature `kind` on answers labelled by hand.

Run `python benchmarks/kind_accuracy.py DATA`. Labels name records by file, row and content hash;
no text is kept here, so what is not in DATA is left out and counted.
"""

import json
import os
import sys
from pathlib import Path

import polars as pl

from curator.features import KINDS, Kind
from curator.ingest import Ingested, Source, read_source
from curator.records import Origin, Record, content_of, frame_of

LABELS = Path(__file__).parent / "labels" / "kind.jsonl"


def main() -> None:
    """Print accuracy, F1 a kind and a confusion matrix for both parts of the labels."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CURATOR_DATA", "."))
    labels = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    judged = judge(folder, labels)
    print(f"{judged.height} of {len(labels)} labelled records found under {folder}")
    if judged.is_empty():
        return
    for held_out, name in ((False, "tuned on"), (True, "held out"), (None, "all")):
        part = judged if held_out is None else judged.filter(pl.col("held_out") == held_out)
        print(f"\n## {name}: {part.height} records\n\n{table(part)}")


def judge(folder: Path, labels: list[dict[str, object]]) -> pl.DataFrame:
    """Return `truth`, `found` and `held_out` for every labelled record that is there."""
    wanted = {str(label["content"]): label for label in labels}
    records: dict[str, Record] = {}
    for name in sorted({str(label["source"]) for label in labels}):
        if (path := folder / name).exists():
            records |= dict(read(path, wanted))
    origins = [Origin(f"{key}-0", key, "labels", row) for row, key in enumerate(records, 1)]
    frame = frame_of(list(records.values()), origins)
    told = [wanted[key] for key in records]
    return pl.DataFrame(
        {
            "truth": [str(label["kind"]) for label in told],
            "found": Kind().compute(frame),
            "held_out": [bool(label["held_out"]) for label in told],
        },
        schema_overrides={"truth": pl.String, "found": pl.String, "held_out": pl.Boolean},
    )


def read(path: Path, wanted: dict[str, dict[str, object]]) -> list[tuple[str, Record]]:
    """Read the wanted records of a file, by their content hash."""
    found = [
        one.record for one in read_source(Source(path, path.name)) if isinstance(one, Ingested)
    ]
    return [(key, record) for record in found if (key := content_of(record)) in wanted]


def table(part: pl.DataFrame) -> str:
    """Lay out the confusion matrix, with precision, recall and F1 a kind."""
    pairs = list(zip(part["truth"], part["found"], strict=True))
    right = sum(truth == found for truth, found in pairs)
    lines = [
        f"accuracy {right / len(pairs):.3f}\n",
        f"| labelled | {' | '.join(KINDS)} | precision | recall | F1 |",
        "|---" * (len(KINDS) + 4) + "|",
    ]
    for kind in KINDS:
        cells = [str(pairs.count((kind, found))) for found in KINDS]
        hits = pairs.count((kind, kind))
        named = sum(found == kind for _, found in pairs)
        present = sum(truth == kind for truth, _ in pairs)
        rates = (hits / max(1, named), hits / max(1, present), 2 * hits / max(1, named + present))
        lines.append(
            f"| {kind} | {' | '.join(cells)} | " + " | ".join(f"{x:.2f}" for x in rates) + " |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
