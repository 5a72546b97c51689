"""The contract suite: what every filter promises, for its tests and those of third parties.

```python
from curator.testing import check_filter
from my_package import MyFilter


def test_my_filter_keeps_the_contract() -> None:
    check_filter(MyFilter)
```
"""

from multiprocessing.reduction import ForkingPickler
from typing import Any, Literal, get_args, get_origin

import polars as pl
import yaml

from curator.filters import CorpusFilter, Filter
from curator.records import Origin, Record, Turn, content_of, frame_of

_COMMON = frozenset({"filter", "name", "on", "score_dropped"})
_VIEWS = ("prompt", "response", "reasoning", "text", "rejected_text")


def check_filter(filter_class: type[Filter], settings: Filter | None = None) -> None:
    """Fail with the broken promise, or return.

    `settings` are for a filter that measures nothing by its defaults alone.

    A filter builds from its defaults; scores every record, in its own scalar columns, never NaN;
    its rules read only those columns; shards score like the whole, unless it sees all records;
    another order scores the same; null, empty, emoji, 5,000-word and zero-record frames survive; it
    survives YAML and pickle; every setting is documented; a changed threshold keeps the key and a
    changed setting changes it.
    """
    assert filter_class(), "a filter builds from its defaults"
    settings = settings or filter_class()
    _check_survival(settings)
    _check_scores(settings)
    _check_rules(settings)
    _check_shards(settings)
    _check_order(settings)
    _check_round_trips(settings)
    _check_documentation(filter_class)
    _check_keys(settings)


def contract_records() -> pl.DataFrame:
    """Make the records of the suite: every kind a filter has to live with."""
    records = [
        _chat("What is the capital of France?", "The capital of France is Paris."),
        _chat("", ""),
        _chat("  \n", "\u200b"),
        _chat("🎉", "👩‍👩‍👧 🎉 😀"),
        _chat("介绍一下你自己。", "我是一个人工智能助手。"),
        _chat("Tell me everything.", "word " * 5000),
        _chat("One?", "Two.", "Three?", ""),
        Record(messages=[]),
        Record(messages=[{"role": "system", "content": "Be brief."}]),
        Record(messages=_chat("Say no.", "No.").messages, label=False),
        Record(
            messages=_chat("Pick one.", "This.").messages, rejected=_chat("", "That.").messages[1:]
        ),
        _call("{broken"),
    ]
    contents = [content_of(record) for record in records]
    origins = [Origin(f"{text}-0", text, "contract", row) for row, text in enumerate(contents, 1)]
    return frame_of(records, origins)


def _chat(*texts: str) -> Record:
    turns: list[Turn] = [
        {"role": "assistant" if place % 2 else "user", "content": text}
        for place, text in enumerate(texts)
    ]
    return Record(messages=turns)


def _call(arguments: str) -> Record:
    call: Turn = {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "1", "name": "look_up", "arguments": arguments}],
    }
    asked: Turn = {"role": "user", "content": "Look it up."}
    found: Turn = {"role": "tool", "content": "", "tool_call_id": "2"}
    return Record(messages=[asked, call, found], tools="[]")


def _scores(settings: Filter, records: pl.DataFrame) -> pl.DataFrame:
    """Score records, their features computed first."""
    columns = [feature.compute(records).alias(feature.tag) for feature in settings.features()]
    return settings.score(records.with_columns(columns))


def _check_survival(settings: Filter) -> None:
    records = contract_records()
    nothing = records.with_columns(pl.lit(None, dtype=pl.String).alias(view) for view in _VIEWS)
    for frame in (records.head(0), nothing):
        scores = _scores(settings, frame)
        assert scores.height in {frame.height, 0}, "an odd frame changed the number of rows"
        if scores.width:
            assert scores.height == frame.height, "an odd frame lost or added rows"


def _check_scores(settings: Filter) -> None:
    records = contract_records()
    scores = _scores(settings, records)
    assert scores.height == records.height, "score() must return one row a record"
    taken = set(records.columns) & set(scores.columns) - {"content"}
    assert not taken, f"score() names its measures like record columns: {sorted(taken)}"
    for name, column in zip(scores.columns, scores.get_columns(), strict=True):
        assert not column.dtype.is_nested(), f"{name} must be a scalar"
        assert not (column.dtype.is_float() and column.is_nan().any()), f"{name} is NaN, not null"


def _check_rules(settings: Filter) -> None:
    scores = _scores(settings, contract_records())
    rules = settings.rules()
    for reason, rule in rules.items():
        read = set(rule.meta.root_names())
        assert read, f"{reason} reads no measure"
        assert read <= set(scores.columns), f"{reason} reads {sorted(read - set(scores.columns))}"
        assert scores.select(rule).dtypes == [pl.Boolean], f"{reason} is no condition"
    unknown = set(type(settings).actions) - set(rules)
    assert not unknown or not rules, f"actions for rules that do not exist: {sorted(unknown)}"
    assert set(settings.bounds()) == set(rules), "bounds() must tell of every rule"


def _check_order(settings: Filter) -> None:
    records = contract_records()
    records = pl.concat([records, records.tail(5)])
    turned = _scores(settings, records.reverse())
    assert _scores(settings, records).equals(turned.reverse()), "another order scores otherwise"


def _check_shards(settings: Filter) -> None:
    if isinstance(settings, CorpusFilter):
        return
    records = contract_records()
    whole = _scores(settings, records)
    parts = [_scores(settings, records.slice(at, 1)) for at in range(records.height)]
    assert whole.equals(pl.concat(parts)), "a shard scores otherwise than the whole"


def _check_round_trips(settings: Filter) -> None:
    written = yaml.safe_dump(settings.model_dump(mode="json"))
    assert type(settings).model_validate(yaml.safe_load(written)) == settings, "lost in YAML"
    sent = ForkingPickler.loads(ForkingPickler.dumps(settings))
    assert sent == settings, "lost on the way to another process"


def _check_documentation(filter_class: type[Filter]) -> None:
    fields = filter_class.model_fields.items()
    silent = [name for name, info in fields if name != "filter" and not info.description]
    assert not silent, f"settings without a docstring: {silent}"
    assert (filter_class.__doc__ or "").strip(), "the filter has no docstring"


def _check_keys(settings: Filter) -> None:
    thresholds = settings.thresholds()
    for name, info in type(settings).model_fields.items():
        other = _other(getattr(settings, name), info.annotation)
        if name in _COMMON or other is None:
            continue
        same = settings.model_copy(update={name: other}).key() == settings.key()
        if name in thresholds:
            assert same, f"{name} is a threshold and must not expire scores"
        else:
            assert not same, f"{name} changes what is measured and must change the key"


def _other(value: Any, annotation: Any) -> Any:
    """Return another value of a setting's type, or none where only its author knows one."""
    if get_origin(annotation) is Literal:
        return next((option for option in get_args(annotation) if option != value), None)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value / 2 if isinstance(value, float) else value + 1
    return (*value, "another") if isinstance(value, tuple) else None
