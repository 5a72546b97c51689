"""Repairs mend what they name, record each change, and leave everything else as it was."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from curator.records import Record, Turn
from curator.repairs import REPAIRS, Change, repair
from tests.conftest import chat


def _mend(name: str, text: str, role: str = "assistant") -> str:
    turn: Turn = {"role": role, "content": text}  # type: ignore[typeddict-item]
    return REPAIRS[name](turn)["content"]


def _parted(instruction: str, given_: str) -> Turn:
    parts = [len(instruction), len(given_)]
    return {"role": "user", "content": f"{instruction}\n\n{given_}", "layout": {"parts": parts}}


MENDED = [
    ("unicode", "It costs Â£5 at the cafÃ©.", "It costs £5 at the café."),
    ("unicode", "one\r\ntwo\x0b", "one\ntwo"),
    ("unicode", "cafe\u0301", "café"),
    ("special_tokens", "Yes.<|endoftext|>", "Yes."),
    ("special_tokens", "<s>[INST] Hello [/INST]", "Hello"),
    ("special_tokens", "<|im_start|>assistant\nHello<|im_end|>\n", "Hello"),
    ("special_tokens", "Done.</s></s>", "Done."),
    ("special_tokens", "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>", "Hi"),
    ("special_tokens", "<start_of_turn>model\nHi<end_of_turn>", "Hi"),
    ("special_tokens", "<|endoftext|>", ""),
    ("placeholders", "<nooutput>", ""),
    ("placeholders", "<No Output>", ""),
    (
        "whitespace",
        "one  two \nthree\u00a0four\n\n\n\n\n\nfive \n",
        "one  two\nthree four\n\n\nfive",
    ),
    ("whitespace", "\n\n  indented\u200b", "  indented"),
]


@pytest.mark.parametrize(("name", "before", "after"), MENDED)
def test_mends(name: str, before: str, after: str) -> None:
    assert _mend(name, before) == after


KEPT = [
    ("unicode", "&lt;b&gt; “quoted” ﬁne ＡＢＣ 😀"),
    ("unicode", "plain ASCII"),
    ("special_tokens", "The token <|endoftext|> ends a text."),
    ("special_tokens", "Strike <s>this</s>"),
    ("special_tokens", "<div>x</div>"),
    ("special_tokens", "[1, 2]"),
    ("placeholders", "No output is printed by this."),
    ("placeholders", "N/A"),
    ("whitespace", "```python\nx = 1   \n\n\n\n\ny = 2\u00a0\n```"),
    ("whitespace", "    code   \n    more"),
    ("whitespace", "| a   | b |   \n|---|---|"),
    ("whitespace", "a line break  \nof Markdown"),
    ("whitespace", "👩\u200d👩 می\u200cخواهم"),
]


@pytest.mark.parametrize(("name", "text"), KEPT)
def test_keeps_what_may_be_meant(name: str, text: str) -> None:
    turn: Turn = {"role": "assistant", "content": text}
    assert REPAIRS[name](turn) is turn


def test_a_placeholder_input_goes_and_the_instruction_stays() -> None:
    for given_ in ("<noinput>", "No input", "N/A", "无输入", "No input required."):
        mended, _ = repair(Record(messages=[_parted("Name a colour.", given_)]), ["placeholders"])
        assert mended.messages == [{"role": "user", "content": "Name a colour."}]


def test_a_real_input_stays() -> None:
    record = Record(messages=[_parted("Is it positive?", "No input was better than this.")])
    assert repair(record, ["placeholders"]) == (record, [])


def test_the_parts_of_a_turn_stay_true() -> None:
    mended, _ = repair(Record(messages=[_parted("Where is the cafÃ©? ", "a \nb")]), list(REPAIRS))
    assert mended.messages == [_parted("Where is the café?", "a\nb")]


def test_parts_that_are_no_longer_true_are_dropped() -> None:
    mended, _ = repair(Record(messages=[_parted("Why?", "\n\n\nBecause.")]), ["whitespace"])
    assert mended.messages == [{"role": "user", "content": "Why?\n\n\nBecause."}]


def test_every_change_is_recorded() -> None:
    record = chat("Hi ", "Yes.<|endoftext|>")
    record.rejected = [{"role": "assistant", "content": "No. ", "reasoning": "Hm. "}]
    _, changes = repair(record, ["special_tokens", "whitespace"])
    assert changes == [
        Change("whitespace", 0, "content", "Hi ", "Hi"),
        Change("special_tokens", 1, "content", "Yes.<|endoftext|>", "Yes."),
        Change("whitespace", -1, "content", "No. ", "No."),
        Change("whitespace", -1, "reasoning", "Hm. ", "Hm."),
    ]


def test_a_sound_record_is_the_same_object() -> None:
    record = chat("Hi", "Yes.")
    mended, changes = repair(record, list(REPAIRS))
    assert mended is record
    assert changes == []


def test_the_record_that_came_in_is_not_touched() -> None:
    record = chat("Hi ", "Yes. ")
    repair(record, ["whitespace"])
    assert record == chat("Hi ", "Yes. ")


_PIECES = st.sampled_from(
    [
        *("<|endoftext|>", "<|im_start|>", "<s>", "</s>", "[INST]", "<noinput>", "assistant", "|"),
        *(" ", "\n", "\t", "\r", "\0", "\u200b", "\u00a0", "    ", "```", "~~~"),
        *("a", "é", "Ã©", "😀", "我"),
    ]
)


@given(st.lists(_PIECES, max_size=12).map("".join), st.sampled_from(sorted(REPAIRS)))
@example("```\n\n\n\n\n", "whitespace")
@example("<s></s><s>", "special_tokens")
def test_a_second_repair_changes_nothing(text: str, name: str) -> None:
    once = _mend(name, text)
    assert _mend(name, once) == once


@given(st.text(max_size=60), st.sampled_from(["special_tokens", "whitespace"]))
def test_no_letter_is_lost(text: str, name: str) -> None:
    kept = [sign for sign in _mend(name, text) if sign.isalnum()]
    assert kept == [sign for sign in text if sign.isalnum()]


GARBLED = st.text(
    st.sampled_from(
        "aZ 9.\u00c3\u00a9\u00e2\u20ac\u2122\u2019\u00a0\u0301e\u0153\u4e2d\x07\u0440\u00b0"
    ),
    max_size=12,
)


@given(GARBLED)
def test_texts_that_are_ruled_out_are_those_ftfy_leaves_alone(text: str) -> None:
    """The quick look before ftfy may let through too much, never too little."""
    from curator.repairs.unicode import _is_suspect, _mend_line

    if not _is_suspect(text) and "\n" not in text:
        assert _mend_line(text) == text
