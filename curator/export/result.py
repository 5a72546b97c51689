"""The result of an export: what was written, what was left out, and why."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

FACTS = "export.json"
"""The file that says what a folder holds; only a folder that has it is ever replaced."""
LEFT_OUT = "left_out.jsonl"
"""The file that lists every kept record that was not written."""
CARD = "README.md"
"""The data set card."""


@dataclass(frozen=True)
class ExportResult:
    """What one export wrote."""

    folder: Path
    """Where it lies."""
    target: str
    """The shape, or the preset of a trainer."""
    container: str
    """jsonl, parquet or hf."""
    layout: str
    """The shape or layout of the rows, such as `sharegpt` for a trainer that takes several."""
    counts: dict[str, int]
    """Rows written by split; the one split is called `data` when the export has no splits."""
    files: dict[str, str]
    """The file or folder of each split that has rows, relative to the folder."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Kept records that the target could not carry, by reason."""
    leaks: int = 0
    """Held-out records left out because they nearly repeat a record of another split."""
    as_json: list[str] = field(default_factory=list)
    """Parquet and hf only: the columns (`messages.tool_calls.arguments`) written as JSON text."""

    @property
    def written(self) -> int:
        """How many records were written."""
        return sum(self.counts.values())

    caution: str = ""
    """What someone who loads the data should know."""

    def __str__(self) -> str:
        splits = ", ".join(f"{count} in {side}" for side, count in self.counts.items())
        refused = sum(self.left_out.values())
        said = f"{splits or 'no records'}; {refused} left out"
        return f"{said}, {self.leaks} more as leaks" if self.leaks else said

    def facts(self) -> str:
        """Write the result as JSON, without the place it lies at."""
        said = asdict(self)
        del said["folder"]
        return json.dumps(said, ensure_ascii=False, indent=2) + "\n"
