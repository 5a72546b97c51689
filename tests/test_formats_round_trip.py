"""Whatever a row looks like, its shape gives every field and value back."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import CarryError, RowError
from curator.formats import (
    SHAPES,
    Splitting,
    is_same,
    join_rows,
    read_row,
    without_surrogates,
    write_line,
    write_row,
)
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
        "why\n</think>\n\nso",
        "<think>a</think>b\n<think>c</think>\nd",
        "<thinking>a</thinking>b\n<thinking>open",
        "<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>b<|end_of_solution|>",
        "Say `</think>` and",
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
thinking_parts = st.fixed_dictionaries({"type": st.just("thinking"), "thinking": texts})
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
    "analysis": st.none() | texts,
    "function_call": st.none() | functions,
}
openai_turns = mix(
    {"role": st.sampled_from(["system", "developer", "user", "assistant", "Assistant", "tool"])},
    {
        "content": st.none() | texts | st.lists(parts | thinking_parts, max_size=2),
        **turn_fields,
    },
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

instances = st.lists(
    mix({}, {"input": st.none() | texts, "output": st.none() | texts, "instruction": texts}),
    max_size=3,
)
spoken = st.sampled_from(
    [
        "\n\nHuman: ",
        "\n\nAssistant: ",
        "### Human: ",
        " ### Assistant:",
        "[|Human|] ",
        "\n[|AI|] ",
        "<|im_start|>user\n",
        "<|im_end|>\n<|im_start|>assistant\n",
        "<|im_start|>system\n",
        "<|im_end|>\n",
        "Human:",
    ]
)
transcripts = (
    st.lists(spoken | texts, max_size=8).map("".join)
    | st.lists(texts, min_size=2, max_size=4).map(
        lambda said: "".join(
            ("\n\nAssistant: " if n % 2 else "\n\nHuman: ") + text for n, text in enumerate(said)
        )
    )
    | st.lists(texts, min_size=1, max_size=3).map(
        lambda said: (
            "The conversation between human and AI assistant."
            + "".join(
                ("\n[|AI|] " if n % 2 else "\n[|Human|] ") + text for n, text in enumerate(said)
            )
            + "\n[|Human|] "
        )
    )
)
message_fields = {
    "rank": st.none() | st.integers(0, 3) | texts,
    "deleted": st.booleans(),
    "review_result": st.none() | st.booleans(),
    "message_id": texts,
}
replied = st.recursive(
    mix({"text": texts, "role": st.just("assistant")}, message_fields),
    lambda inner: mix(
        {"text": texts, "role": st.sampled_from(["prompter", "assistant", "user"])},
        {"replies": st.none() | st.lists(inner, max_size=3), **message_fields},
    ),
    max_leaves=6,
)
trees = mix(
    {"text": texts, "role": st.just("prompter")},
    {"replies": st.lists(replied, max_size=3), **message_fields},
)

ranked_trees = mix(
    {
        "text": texts,
        "role": st.just("prompter"),
        "replies": st.lists(
            mix(
                {"text": texts, "role": st.just("assistant"), "rank": st.integers(0, 2)},
                {"replies": st.lists(trees, max_size=2), "deleted": st.none()},
            ),
            min_size=2,
            max_size=3,
        ),
    },
    {"message_id": texts},
)

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
    | mix({"prompt": texts, "completion": conversations, "label": st.booleans()}, {})
    | mix({"prompt": texts, "completion": texts, "label": st.sampled_from([0, 1, "True"])}, {})
    | mix({"conversations": conversations, "kto_tag": st.booleans()}, beside),
    "dolly": mix(
        {"instruction": st.none() | texts, "response": st.none() | texts},
        {"context": st.none() | texts, "category": texts, "input": texts, "output": texts},
    ),
    "self_instruct": mix({"instruction": st.none() | texts, "instances": instances}, {}),
    "prompt_only": mix(
        {"prompt": texts | conversations}, {"system": st.none() | texts, "answer": texts}
    )
    | mix({"instruction": texts}, {"input": st.none() | texts, "output": texts})
    | mix({"text": texts}, {"completion": texts}),
    "transcript": mix({"text": transcripts}, {})
    | mix({"dialogue": transcripts}, {"text": st.none()})
    | mix({"chosen": transcripts, "rejected": transcripts}, {}),
    "oasst": mix({"prompt": trees}, {}),
    "oasst_pairs": mix({"prompt": ranked_trees | trees}, {"message_tree_id": texts}),
    "ultrachat": mix({"data": st.lists(texts, max_size=4)}, {})
    | mix({"dialog": st.lists(texts, max_size=4)}, {}),
    "exchanges": mix(
        {
            "conversation": st.lists(
                mix({"input": texts}, {"output": st.none() | texts}), max_size=3
            )
        },
        {},
    )
    | mix(
        {
            "conversations": st.lists(
                mix({"human": texts, "assistant": texts}, {"turn": scalars}), max_size=2
            )
        },
        {},
    ),
    "baize": mix({"input": transcripts}, {"topic": texts}),
    "magpie": mix(
        {"instruction": texts, "response": st.none() | texts},
        {"conversations": conversations, "input_quality": texts, **beside},
    )
    | mix({"conversation": conversations}, {"instruction": texts}),
    "helpsteer": mix(
        {"prompt": st.none() | texts | conversations, "response": st.none() | texts},
        {"helpfulness": scalars, "completion": texts, **beside},
    ),
    "flan": mix(
        {"inputs": st.none() | texts, "targets": st.none() | texts},
        {"prompt": texts, "completion": texts, "task": texts},
    )
    | mix({"inputs_pretokenized": texts, "targets_pretokenized": texts}, {"inputs": values})
    | mix({"prompt": texts}, {"completion": texts, "template": texts}),
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


def rows_again(shape: str, records: list[Record]) -> list[str]:
    """Write what one row gave as lines, joined where the shape joins."""
    kept = [stored(record) for record in records]
    joining = SHAPES[shape]
    if len(kept) > 1 and isinstance(joining, Splitting):
        return [join_rows(joining, kept, unchanged=True)]
    return [write_line(shape, record, origin_shape=shape, unchanged=True) for record in kept]


def read_or_skip(shape: str, row: dict[str, Any]) -> list[Record]:
    """Read a row; a few strategies also make rows that are refused, which another test looks at."""
    with suppress(RowError):
        return read_row(shape, row)
    return []


@pytest.mark.parametrize("shape", ROWS)
@given(st.data())
def test_every_field_and_value_comes_back(shape: str, data: st.DataObject) -> None:
    row = data.draw(ROWS[shape])
    records = read_or_skip(shape, row)
    for line in rows_again(shape, records) if records else ():
        again = json.loads(line)
        assert is_same(again, row)
        assert list(again) == list(row)


@given(st.sampled_from(sorted(SHAPES)), st.dictionaries(st.sampled_from(fields), chaos, max_size=5))
def test_rows_of_any_kind_are_read_or_refused_with_a_field(shape: str, row: dict[str, Any]) -> None:
    assert 0 <= SHAPES[shape].recognises(row) <= 1
    refused: RowError | None = None
    try:
        records = read_row(shape, row)
    except RowError as error:
        refused = error
    if refused is None:
        (line,) = rows_again(shape, records)
        assert is_same(json.loads(line), row)
    else:
        assert refused.field
        assert str(refused).startswith(f'field "{refused.field}" ')


@pytest.mark.parametrize("target", sorted(SHAPES))
@given(ANY_ROW)
def test_another_shape_says_the_same_or_refuses(
    target: str, shaped: tuple[str, dict[str, Any]]
) -> None:
    origin, row = shaped
    for record in read_or_skip(origin, row):
        try:
            out = write_row(target, record, origin_shape=None)
        except CarryError:
            continue
        again = read_row(target, out)[0]
        again.label = record.label
        assert said(again) == said(record)


@given(st.sampled_from(["self_instruct", "oasst", "oasst_pairs"]), st.data())
def test_rows_come_back_without_the_records_that_were_dropped(
    shape: str, data: st.DataObject
) -> None:
    records = read_or_skip(shape, data.draw(ROWS[shape]))
    kept = [record for record in records if data.draw(st.booleans())]
    splitting = SHAPES[shape]
    assert isinstance(splitting, Splitting)
    if not kept:
        return
    try:
        row = splitting.join([stored(record) for record in kept])
    except CarryError:
        assert records[0].raw
        return
    again = [said(record) for record in read_row(shape, row)]
    assert set(again) == {said(record) for record in kept}


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
