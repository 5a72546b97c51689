"""On real sets of good answers, no filter drops more than a few, and what it drops is known."""

import json
from typing import Any

import polars as pl
import pytest

from curator.filters import FILTERS, DuplicateFilter, Filter
from curator.filters.decontaminate import Decontaminate
from curator.filters.ifd import Ifd
from curator.filters.judge import Judge
from curator.filters.safety import Safety
from curator.formats import detect, read_row
from tests.conftest import data_file, frame

pytestmark = pytest.mark.data

SETS = (
    "instructions/alpaca_random_9k.json",
    "formats/lima.json",
    "formats/dpo_en_demo.json",
    "formats/glaive_toolcall_en_demo.json",
)
MOST = 0.05


def _records(path: str) -> pl.DataFrame:
    rows: list[dict[str, Any]] = json.loads(data_file(path).read_text("utf-8"))[:1500]
    shape = detect(rows)[0][0]
    return frame(*(record for row in rows for record in read_row(shape, row)))


def _dropped(settings: Filter, records: pl.DataFrame) -> float:
    rules = [rule for name, rule in settings.rules().items() if settings.action(name) == "drop"]
    if not rules:
        return 0.0
    own = [feature.compute(records) for feature in settings.features()]
    scores = settings.score(records.with_columns(own))
    fired = scores.select(pl.any_horizontal(rules).fill_null(False))  # noqa: FBT003
    return float(fired.to_series().mean() or 0.0)  # type: ignore[arg-type]


_NOBODYS_DEFAULT = {Safety, Decontaminate, Ifd, Judge}


@pytest.mark.parametrize("path", SETS)
def test_no_record_filter_drops_many_good_answers(path: str) -> None:
    records = _records(path)
    measured = [
        kind()
        for kind in FILTERS
        if not issubclass(kind, DuplicateFilter) and kind not in _NOBODYS_DEFAULT
    ]
    shares = {settings.tag: _dropped(settings, records) for settings in measured}
    assert {tag: share for tag, share in shares.items() if share > MOST} == {}
