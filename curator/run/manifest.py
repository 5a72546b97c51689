"""The manifest: what went in, what came out, and with which versions."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Shard(_Facts):
    """One Parquet file of records, and what its scores depend on."""

    file: str
    """Name below `records/`; their alphabetical order is the run's order."""
    hash: str
    """xxh3-128 of the repaired contents, in order: the name of its score files."""
    records: int
    """How many records it holds."""


class InputReport(_Facts):
    """One input file: what was found in it."""

    key: str
    """What its shards depend on: its bytes, how it is read, and the files before it."""
    path: str
    """The file, relative to the recipe where it can be, or its address without what is secret."""
    name: str
    """What records carry as their source."""
    sha256: str
    """The hash of the file as it lies there."""
    bytes: int
    """Its size."""
    container: str
    """How it was read: jsonl, json, parquet, arrow or csv, and its compression."""
    shape: str
    """The shape of its rows."""
    confidence: float
    """How sure detection was; 1 when the recipe says the format."""
    licence: str | None
    """Its licence, as the recipe says."""
    rows: int
    """Rows read: each gave one record or more, or is in quarantine."""
    records: int
    """Records made."""
    quarantined: int
    """Rows that could not be represented as records."""
    repaired: int
    """Records that a repair changed."""
    notes: dict[str, int]
    """What reading had to mend (encodings, lone surrogates), and how often."""
    shards: list[Shard]
    """Its records, in order."""
    entry: int = 0
    """Which entry under `input:` named it, counted from 0: its weight and cap are there."""
    forgotten: int = 0
    """Records, and rows that are none, that were left out because they were forgotten."""


def read_receipt(path: Path) -> InputReport | None:
    """Read what one input file gave; None where there is no receipt that can be understood."""
    try:
        return InputReport.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


class FilterCost(_Facts):
    """What one filter cost in the run that measured it."""

    label: str
    """The filter."""
    key: str
    """The key its scores are stored under."""
    rows: int
    """Records measured in this run; the rest was there already."""
    seconds: float
    """Time spent measuring, summed over workers."""


class Manifest(_Facts):
    """Everything a reader needs to trust a run; written last."""

    layout: int = 1
    """The version of the run directory's layout."""
    versions: dict[str, str]
    """curator, Python and the packages that decide."""
    models: dict[str, str] = {}
    """Every model and word list that filters read, with its sha256."""
    seed: int
    """The recipe's seed."""
    device: str
    """Where models ran; cpu when there were none."""
    inputs: list[InputReport]
    """Every input file, in order."""
    counts: dict[str, int]
    """rows, records, quarantined, forgotten, repaired, kept, dropped, flagged."""
    filters: list[FilterCost]
    """What the filters cost, in recipe order."""
