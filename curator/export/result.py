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
_NAMED = 2


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
    """Records written by split; the one split is called `data` when the export has no splits."""
    files: dict[str, str]
    """The file or folder of each split that has rows, relative to the folder."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Kept records that the target could not carry, by reason."""
    leaks: int = 0
    """Held-out records left out because they nearly repeat a record of another split."""
    as_json: list[str] = field(default_factory=list)
    """Parquet and hf only: the columns (`messages.tool_calls.arguments`) written as JSON text."""

    conflicts: list[str] = field(default_factory=list)
    """Licences of the records that, by their names, do not go together."""
    records: int = 0
    """How many records were written, each counted once."""

    @property
    def written(self) -> int:
        """How many rows were written: more than records where weights or `pairs` repeat them."""
        return sum(self.counts.values())

    @property
    def is_empty(self) -> bool:
        """Whether not one record was written."""
        return not self.written

    caution: str = ""
    """What someone who loads the data should know."""
    command: str = ""
    """The command that trains as the recipe says, run where the folder lies."""
    joined: int = 0
    """Records that share the row of another one, as they did in the input."""
    fingerprint: str = ""
    """A hash of the data files; other data has another."""

    def __str__(self) -> str:
        splits = ", ".join(f"{count:,} in {side}" for side, count in self.counts.items())
        if self.records != self.written:
            splits += f" (rows, of {self.records:,} records)"
        said = f"{'nothing was written' if self.is_empty else splits}; {self._said_left_out()}"
        if not self.leaks:
            return said
        return f"{said}, {self.leaks:,} {'more as leaks' if self.leaks > 1 else 'more as a leak'}"

    def _said_left_out(self) -> str:
        """Count what was left out and name the reasons that most of it has."""
        refused = sum(self.left_out.values())
        if self.is_empty and not refused and not self.leaks:
            return "the run kept no records"
        if not refused:
            return "0 left out"
        ranked = sorted(self.left_out.items(), key=lambda found: -found[1])
        reasons = [f"{count:,}: {reason}" for reason, count in ranked[:_NAMED]]
        if rest := ranked[_NAMED:]:
            others = "another reason" if len(rest) == 1 else f"{len(rest):,} other reasons"
            reasons.append(f"{sum(count for _, count in rest):,}: {others}")
        return f"{refused:,} left out ({'; '.join(reasons)})"

    def facts(self) -> str:
        """Write the result as JSON, without the place it lies at."""
        said = asdict(self)
        del said["folder"]
        return json.dumps(said, ensure_ascii=False, indent=2) + "\n"
