"""Whatever a row looks like, its shape gives every field and value back."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import CarryError, RowError
from curator.formats import SHAPES, is_same, read_row, without_surrogates, write_line, write_row
from curator.records import Origin, Record, content_of, frame_of, records_of

Rows = st.SearchStrategy[dict[str, Any]]

texts = st.text(max_size=12) | st.sampled_from(
    [
        "",
        " a ",
        "a\n\nb",
        "<think>\nwhy\n</think>\n\nso",
        "<think></think>",
        "<think>x",
        "\u0000",
        "😀",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2)
)
extras = st.dictionaries(st.sampled_from(["id", "score", "meta", "é"]), values, max_size=2)
blanks = st.sampled_from([None, ""])


def mix(required: dict[str, Any], optional: dict[str, Any]) -> Rows:
    """Make rows of some fields, unknown ones among them, in any order."""
    known = st.fixed_dictionaries(required, optional=optional)
    whole = st.builds(lambda row, extra: extra | row, known, extras)
    return whole.flatmap(lambda row: st.permutations(list(row.items())).map(dict))


arguments = texts | st.dictionaries(texts, scalars, max_size=2)
functions = st.fixed_dictionaries({"name": texts, "arguments": arguments})
calls = (
    functions
    | st.fixed_dictionaries({"function": functions}, optional={"id": st.none() | texts})
    | st.fixed_dictionaries(
        {"id": texts, "type": st.just("function"), "function": functions},
        optional={"index": st.integers()},
    )
)
parts = st.fixed_dictionaries({"type": st.just("text"), "text": texts}) | st.fixed_dictionaries(
    {"type": st.just("text"), "value": texts}, optional={"cache": scalars}
)
weights = st.none() | st.sampled_from([0, 1, 0.0, 1.0, 0.25])
turn_fields = {
    "name": st.none() | texts,
    "tool_calls": st.none() | st.lists(calls, max_size=2),
    "tool_call_id": st.none() | texts,
    "weight": weights,
    "loss_weight": weights,
    "reasoning_content": st.none() | texts,
    "thinking": values,
    "function_call": st.none() | functions,
}
openai_turns = mix(
    {"role": st.sampled_from(["system", "developer", "user", "assistant", "Assistant", "tool"])},
    {"content": st.none() | texts | st.lists(parts, max_size=2), **turn_fields},
)
call_texts = functions.map(json.dumps) | st.lists(functions, max_size=2).map(json.dumps) | texts
sharegpt_turns = mix(
    {
        "from": st.sampled_from(["human", "user", "gpt", "chatgpt", "system", "observation"]),
        "value": st.none() | texts,
    },
    {"weight": weights},
) | mix({"from": st.sampled_from(["function_call", "tool_call"]), "value": call_texts}, {})
conversations = st.lists(openai_turns, max_size=3) | st.lists(sharegpt_turns, max_size=3)
definitions = st.lists(
    st.fixed_dictionaries({"name": texts, "parameters": values})
    | st.fixed_dictionaries({"type": st.just("function"), "function": values}),
    max_size=2,
)
tools = blanks | definitions | definitions.map(json.dumps) | texts
beside = {"system": st.none() | texts, "tools": tools}
sides = texts | openai_turns | sharegpt_turns | conversations
pairs = {"chosen": sides, "rejected": sides}

ROWS: dict[str, Rows] = {
    "alpaca": mix(
        {"instruction": st.none() | texts},
        {
            "input": st.none() | texts,
            "output": st.none() | texts,
            "system": st.none() | texts,
            "history": blanks | st.lists(st.lists(texts, min_size=2, max_size=2), max_size=2),
        },
    ),
    "messages": mix({"messages": conversations}, beside),
    "sharegpt": mix({"conversations": conversations}, beside),
    "prompt_completion": mix(
        {"prompt": st.none() | texts | conversations},
        {"completion": st.none() | texts | conversations, **beside},
    )
    | mix({"question": texts}, {"answer": texts, "response": texts, "completion": texts}),
    "preference": mix({"prompt": texts | conversations, **pairs}, beside)
    | mix({"conversations": conversations, **pairs}, beside)
    | mix({"instruction": texts, **pairs}, {"input": texts})
    | mix(pairs, {}),
    "kto": mix({"messages": conversations, "label": st.booleans()}, beside)
    | mix({"prompt": texts, "completion": texts, "label": st.sampled_from([0, 1, "True"])}, {})
    | mix({"conversations": conversations, "kto_tag": st.booleans()}, beside),
}
ANY_ROW = st.one_of([rows.map(lambda row, n=name: (n, row)) for name, rows in ROWS.items()])
fields = sorted({name for shape in SHAPES.values() for name in shape.fields} | {"content", "role"})
chaos = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from([*fields, "from", "value", "tool_calls"]), inner, max_size=4
        )
    ),
)


def stored(record: Record) -> Record:
    """Send a record through the frame that shards are made of."""
    frame = frame_of([record], [Origin("c-0", "c", "s", 1)])
    return next(records_of(frame))


@given(ANY_ROW)
def test_every_field_and_value_comes_back(shaped: tuple[str, dict[str, Any]]) -> None:
    shape, row = shaped
    for record in read_row(shape, row):
        again = write_row(shape, stored(record), origin_shape=shape, unchanged=True)
        assert is_same(again, row)
        assert list(again) == list(row)
        line = write_line(shape, stored(record), origin_shape=shape, unchanged=True)
        assert is_same(json.loads(line), row)


@given(st.sampled_from(sorted(SHAPES)), st.dictionaries(st.sampled_from(fields), chaos, max_size=5))
def test_rows_of_any_kind_are_read_or_refused_with_a_field(shape: str, row: dict[str, Any]) -> None:
    assert 0 <= SHAPES[shape].recognises(row) <= 1
    refused: RowError | None = None
    try:
        records = read_row(shape, row)
    except RowError as error:
        refused = error
    if refused is None:
        again = write_row(shape, stored(records[0]), origin_shape=shape, unchanged=True)
        assert is_same(again, row)
    else:
        assert refused.field
        assert str(refused).startswith(f'field "{refused.field}" ')


@given(ANY_ROW, st.sampled_from(sorted(SHAPES)))
def test_another_shape_says_the_same_or_refuses(
    shaped: tuple[str, dict[str, Any]], target: str
) -> None:
    origin, row = shaped
    record = read_row(origin, row)[0]
    try:
        out = write_row(target, record, origin_shape=None)
    except CarryError:
        return
    again = read_row(target, out)[0]
    again.label = record.label
    assert said(again) == said(record)


def said(record: Record) -> str:
    """Hash what a record says, but for weights that are the usual ones."""
    turns = [
        {k: v for k, v in turn.items() if k != "weight" or v != (turn["role"] == "assistant")}
        for turn in record.messages
    ]
    return content_of(Record(turns, record.rejected, record.tools, record.label))  # type: ignore[arg-type]


def test_a_row_that_its_shape_cannot_give_back_is_kept_whole() -> None:
    row = {"messages": [{"role": "user", "content": "a", "weight": True + 0.0}]}
    assert read_row("messages", row)[0].raw == json.dumps(row)


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (1, True), (0.0, -0.0), ([1], [2]), ("a", None)]
)
def test_equal_values_of_two_types_are_not_the_same(one: object, other: object) -> None:
    assert not is_same(one, other)


def test_nan_is_the_same_as_itself() -> None:
    assert is_same({"a": [float("nan")]}, {"a": [float("nan")]})


def test_lone_surrogates_are_replaced_everywhere() -> None:
    assert without_surrogates({"\ud800": ["a\udfff", 1]}) == {"\ufffd": ["a\ufffd", 1]}
