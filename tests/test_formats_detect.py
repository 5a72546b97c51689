"""The shape is chosen from the content, and a mapping of columns overrides it."""

from typing import Any, get_args

import pytest

from curator.errors import ShapeError
from curator.formats import (
    SHAPES,
    check_columns,
    choose_shape,
    detect,
    read_row,
    shape_of_columns,
    write_row,
)
from curator.recipe.model import ShapeName, Target

TURN = {"role": "user", "content": "a"}


@pytest.mark.parametrize(
    ("row", "shape", "confidence"),
    [
        ({"messages": [TURN]}, "messages", 1.0),
        ({"messages": [TURN], "label": True}, "kto", 1.0),
        ({"messages": [TURN], "chosen": [TURN], "rejected": [TURN]}, "preference", 1.0),
        ({"conversations": [{"from": "human", "value": "a"}]}, "sharegpt", 1.0),
        ({"conversations": [], "kto_tag": False}, "kto", 0.6),
        ({"instruction": "a", "input": "", "output": "b"}, "alpaca", 1.0),
        ({"instruction": "a", "context": "", "response": "b"}, "alpaca", 1.0),
        ({"instruction": "a"}, "prompt_only", 0.8),
        ({"instruction": "a", "output": None}, "alpaca", 1.0),
        ({"prompt": "a", "completion": "b"}, "prompt_completion", 1.0),
        ({"question": "a", "answer": "b"}, "prompt_completion", 0.9),
        ({"prompt": "a"}, "prompt_only", 0.8),
        ({"prompt": "a", "canonical_solution": "x" * 80}, "prompt_completion", 0.5),
        ({"prompt": "a", "completion": "b", "label": False}, "kto", 1.0),
        ({"instruction": "a", "chosen": "b", "rejected": "c"}, "preference", 1.0),
        ({"chosen": "b", "rejected": "c"}, "preference", 0.7),
    ],
)
def test_a_row_shows_its_shape(row: dict[str, Any], shape: str, confidence: float) -> None:
    assert detect([row])[0] == (shape, confidence)


def test_the_shape_of_most_rows_is_chosen() -> None:
    rows = [{"instruction": "a", "output": "b"}] * 3 + [{"noise": 1}]
    assert choose_shape(rows) == ("alpaca", 0.75)


def test_rows_that_fit_no_shape_say_what_to_do() -> None:
    with pytest.raises(ShapeError) as caught:
        choose_shape([{"ask": "a", "reply": "b", "system": "c", "tools": []}])
    assert str(caught.value) == (
        'no shape fits: the fields are "ask", "reply", "system", "tools". The nearest shape is '
        "messages, which wants `messages` (a list of turns). Name the shape with `format: messages`"
        ", or say which column holds what with `columns: {prompt: ask, response: …}`"
    )


def test_the_registry_names_every_shape() -> None:
    names = get_args(ShapeName)
    assert {name: shape.name for name, shape in SHAPES.items()} == {name: name for name in names}
    assert set(get_args(Target)) == {*names, "trl", "llama_factory", "axolotl", "openai"}


@pytest.mark.parametrize(
    ("columns", "shape", "row"),
    [
        ({"prompt": "q", "response": "a"}, "prompt_completion", {"q": "x", "a": "y", "id": 1}),
        ({"prompt": "q", "response": "a", "input": "c"}, "alpaca", {"c": "z", "q": "x", "a": "y"}),
        ({"messages": "turns", "system": "sys"}, "messages", {"turns": [TURN], "sys": "s"}),
        ({"prompt": "q", "chosen": "yes", "rejected": "no"}, "preference",
         {"q": "x", "yes": "y", "no": "n"}),
        ({"label": "ok", "messages": "turns"}, "kto", {"turns": [TURN], "ok": True}),
        ({"prompt": "q", "response": "a"}, "prompt_completion", {"q": "x", "a": "y", "prompt": 5}),
    ],
)  # fmt: skip
def test_mapped_columns_are_read_and_come_back(
    columns: dict[str, str], shape: str, row: dict[str, Any]
) -> None:
    assert shape_of_columns(columns) == shape
    record = read_row(shape, row, columns)[0]
    assert record.raw is None
    assert list(write_row(shape, record, origin_shape=shape).items()) == list(row.items())


def test_a_mapping_without_a_prompt_leaves_the_shape_open() -> None:
    assert shape_of_columns({"system": "sys"}) is None


def test_a_mapped_column_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(
        ShapeError, match='the column "questoin", not in the data; the nearest is "question"'
    ):
        check_columns({"prompt": "questoin"}, ["answer", "question"])
