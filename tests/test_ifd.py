"""IFD measures what a plain loop measures, and never a part of an answer."""

import itertools
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

import curator
from curator.errors import ModelError
from curator.filters.ifd import Ifd
from curator.records import Record
from curator.testing import check_filter
from tests.causal_models import Kind, save_causal
from tests.conftest import ROOT, chat, frame

torch = pytest.importorskip("torch")
TOY = f"hub:{ROOT / 'docs' / 'examples' / 'ifd_model'}"
THINGS = {"cake": "sweet and soft", "river": "long and cold", "stone": "grey and hard"}
KINDS: tuple[Kind, ...] = ("gpt2", "llama", "qwen2")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a model of a kind, made once."""
    made: dict[tuple[Kind, bool], Path] = {}

    def save(kind: Kind, *, chat: bool = False) -> Path:
        if (kind, chat) not in made:
            folder = tmp_path_factory.mktemp("models") / f"{kind}-{chat}"
            made[kind, chat] = save_causal(folder, kind, chat=chat)
        return made[kind, chat]

    return save


def scores(*records: Record, **settings: object) -> pl.DataFrame:
    return Ifd.model_validate({"model": TOY} | settings).score(frame(*records))


def fired(*records: Record, **settings: object) -> list[list[str]]:
    made = Ifd.model_validate({"model": TOY} | settings)
    rows = made.score(frame(*records)).select(**made.rules()).to_dicts()
    return [[name for name, fires in row.items() if fires] for row in rows]


def varied() -> list[Record]:
    """Make records of many lengths, some with the answer's words in the question."""
    long = "Once upon a time there was a river. " * 6
    return [
        chat("How do I make a cake?", "First you buy flour and eggs."),
        chat("What is the capital of France?", "Paris"),
        chat("Say it: Paris is the capital of France.", "Paris is the capital of France."),
        chat("Repeat after me: no no no", "no no no"),
        chat("Écris «été»!", "Bien sûr: été, 漢字, 🎉"),
        chat("Tell me a story.", long),
        chat(long, "Once upon a time."),
        chat("One\n\ntwo", "\n  - one\n  - two\n"),
    ]


def looped(
    folder: Path, texts: Sequence[tuple[str, str, str]], *, begins: bool
) -> list[dict[str, float]]:
    """Measure row by row, without batches, as a reader of the paper would.

    `texts` holds for each record what is asked, the heading of the answer, and the answer; before
    all of it stands `<s>` where the tokenizer begins texts so.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    opening = [tokenizer.bos_token_id] if begins else []
    found = []
    for asked, heading, answer in texts:
        context, silent, tail = (
            tokenizer(text, add_special_tokens=False).input_ids
            for text in (asked, heading, heading + answer)
        )
        given = mean_loss(model, opening + context + tail, len(opening + context + silent))
        alone = mean_loss(model, opening + tail, len(opening + silent))
        found.append({"ifd_loss": given / alone, "ifd_ppl": math.exp(given) / math.exp(alone)})
    return found


def mean_loss(model: Any, tokens: list[int], start: int) -> float:
    """Read the losses off one token after another."""
    with torch.no_grad():
        said = model(torch.tensor([tokens])).logits[0].double().log_softmax(-1)
    losses = [-said[at - 1, tokens[at]].item() for at in range(start, len(tokens))]
    return sum(losses) / len(losses)


def near(found: pl.DataFrame, wanted: list[dict[str, float]]) -> bool:
    """Say whether both ratios are those of the loop, to 1e-4."""
    rows = found.select("ifd_loss", "ifd_ppl").to_dicts()
    return len(rows) == len(wanted) and all(
        abs(row[name] - one[name]) < 1e-4 * max(1, one[name])
        for row, one in zip(rows, wanted, strict=True)
        for name in one
    )


@pytest.mark.parametrize("kind", KINDS)
def test_equals_a_plain_loop(saved: Callable[..., Path], kind: Kind) -> None:
    records, own = varied(), Ifd()
    texts = [
        (
            own.asked.replace("{prompt}", one.messages[0]["content"]),
            own.heading,
            one.messages[1]["content"],
        )
        for one in records
    ]
    found = scores(*records, model=f"hub:{saved(kind)}")
    assert near(found, looped(saved(kind), texts, begins=kind == "llama"))


@pytest.mark.parametrize("kind", KINDS)
def test_equals_a_plain_loop_by_chat_template(saved: Callable[..., Path], kind: Kind) -> None:
    record = chat("Be brief.", "Hello.", roles=("system", "user"))
    record.messages += chat("Hello to you.", "a", roles=("assistant", "user")).messages
    record.messages += chat("Hi. How do I make a cake?", roles=("assistant",)).messages
    before = (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello.<|im_end|>\n"
        "<|im_start|>assistant\nHello to you.<|im_end|>\n<|im_start|>user\na<|im_end|>\n"
    )
    heading, answer = "<|im_start|>assistant\n", "Hi. How do I make a cake?"
    found = scores(record, model=f"hub:{saved(kind, chat=True)}")
    # A template writes all there is: a Llama's own beginning is not added to it.
    texts = [(before, heading, answer)]
    assert near(found, looped(saved(kind, chat=True), texts, begins=False))


def test_superfiltering_writes_no_heading(saved: Callable[..., Path]) -> None:
    """Without a heading, and a token to begin with, the first token is scored on neither side."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = saved("gpt2")
    found = scores(
        chat("Say it.", "Paris is it."), model=f"hub:{folder}", asked="{prompt}\n", heading=""
    )
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    asked, said = (tokenizer(text).input_ids for text in ("Say it.\n", "Paris is it."))
    given, alone = mean_loss(model, asked + said, len(asked) + 1), mean_loss(model, said, 1)
    assert near(found, [{"ifd_loss": given / alone, "ifd_ppl": math.exp(given - alone)}])
    assert found["answer_tokens"].to_list() == [len(said) - 1]


def test_a_model_that_reads_nothing_says_one(saved: Callable[..., Path], tmp_path: Path) -> None:
    """Where no token depends on those before it, a prompt neither helps nor harms."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(saved("qwen2"))
    with torch.no_grad():
        model.model.embed_tokens.weight[:] = model.model.embed_tokens.weight[0]
        model.lm_head.weight.normal_(0, 0.3)
    model.save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(saved("qwen2")).save_pretrained(tmp_path)
    found = scores(*varied(), model=f"hub:{tmp_path}")
    assert found["ifd_loss"].round(5).to_list() == [1.0] * len(varied())


def test_a_prompt_helps_its_own_answer_and_harms_others() -> None:
    told = {
        (asked, said): scores(chat(f"Tell me about the {asked}.", f"The {said} is {THINGS[said]}."))
        for asked, said in itertools.product(THINGS, THINGS)
    }
    own = [rows["ifd_loss"].item() for (asked, said), rows in told.items() if asked == said]
    other = [rows["ifd_loss"].item() for (asked, said), rows in told.items() if asked != said]
    assert max(own) < 0.7
    assert min(other) > 1
    assert fired(chat("Tell me about the cake.", "The stone is grey and hard.")) == [
        ["unhelpful_prompt"]
    ]


def test_perplexities_are_compared_by_their_own_ratio() -> None:
    found = scores(chat("Tell me about the river.", "The river is long and cold."))
    given, alone = found["loss_given"].item(), found["loss_alone"].item()
    assert found["ifd_loss"].item() == pytest.approx(given / alone, abs=1e-4)
    assert found["ifd_ppl"].item() == pytest.approx(math.exp(given - alone), abs=1e-4)


def test_what_is_too_long_is_null_and_said_to_be() -> None:
    long = " ".join(["The river is long and cold."] * 40)
    found = scores(chat("Tell me about the river.", long), chat(long, "The river is long."))
    assert found["ifd_loss"].to_list() == found["ifd_ppl"].to_list() == [None, None]
    assert fired(chat("Tell me about the river.", long)) == [["too_long"]]
    short = chat("Tell me about the river.", "The river is long and cold.")
    assert fired(short) == [[]]
    assert fired(short, max_tokens=16) == [["too_long"]]


def test_an_answer_to_nothing_is_not_judged() -> None:
    bad = chat("Tell me about the cake.", "The stone is grey and hard.")
    bad.label = False
    rules_only = chat("Be brief.", "The river is long.", roles=("system", "assistant"))
    found = scores(chat("", "The river is long."), chat("Tell me.", " "), bad, rules_only)
    assert found["ifd_loss"].to_list() == [None] * 4


def test_the_last_answer_is_read_with_all_before_it() -> None:
    first = ("Tell me about the cake.", "The stone is grey and hard.")
    last = ("Tell me about the river.", "The river is long and cold.")
    assert fired(chat(*first, *last)) == [[]]
    assert fired(chat(*first, *last), turns="all") == [["unhelpful_prompt"]]
    alone, both = scores(chat(*last)), scores(chat(*first, *last))
    assert both["loss_alone"].to_list() == alone["loss_alone"].to_list()
    assert both["loss_given"].to_list() != alone["loss_given"].to_list()


def test_all_answers_are_averaged_over_their_tokens() -> None:
    said = ("Tell me about the cake.", "The cake is sweet.", "And the river?", "The river is cold.")
    first, last = scores(chat(*said[:2])), scores(chat(*said))
    every = scores(chat(*said), turns="all")
    tokens = [one["answer_tokens"].item() for one in (first, last)]
    for side in ("loss_given", "loss_alone"):
        parts = [one[side].item() for one in (first, last)]
        mean = sum(n * loss for n, loss in zip(tokens, parts, strict=True)) / sum(tokens)
        assert every[side].item() == pytest.approx(mean, abs=1e-5)


def test_a_template_that_refuses_a_conversation_leaves_it_unjudged(
    saved: Callable[..., Path],
) -> None:
    record = chat("Look it up.", "{}", "It is 4.", roles=("user", "tool", "assistant"))
    model = f"hub:{saved('qwen2', chat=True)}"
    assert scores(record, model=model)["ifd_loss"].to_list() == [None]
    assert scores(record, model=model, chat=False)["ifd_loss"].item() is not None


def test_no_score_depends_on_what_stands_beside_it(saved: Callable[..., Path]) -> None:
    model = f"hub:{saved('llama')}"
    whole = scores(*varied(), model=model)
    turned = scores(*reversed(varied()), model=model)
    alone = [scores(one, model=model) for one in varied()]
    assert whole.equals(turned.reverse())
    assert whole.equals(pl.concat(alone))


def test_half_precision_is_near(saved: Callable[..., Path]) -> None:
    model = f"hub:{saved('qwen2')}"
    exact, half = (scores(*varied(), model=model, precision=one) for one in ("auto", "bfloat16"))
    assert (exact["ifd_loss"] - half["ifd_loss"]).abs().max() < 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_keeps_the_contract(saved: Callable[..., Path], kind: Kind) -> None:
    for has_template in (False, True):
        check_filter(Ifd, Ifd(model=f"hub:{saved(kind, chat=has_template)}"))


def test_a_recipe_must_name_a_language_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no model: name one with `model: hub:"):
        Ifd().key()
    with pytest.raises(ValidationError, match="is no language model"):
        Ifd(model="bundled")
    with pytest.raises(ValidationError, match=r"must hold \{prompt\}"):
        Ifd(asked="nothing")
    guard = ROOT / "docs" / "examples" / "safety_model"
    with pytest.raises(ModelError, match="not those of a language model"):
        scores(chat("a", "b"), model=f"hub:{guard}")


def test_the_highest_up_to_one_are_chosen(tmp_path: Path) -> None:
    asked = "Tell me about the river."
    said = [
        "The river is long and cold.",
        "The river is long and sad.",
        "The stone is grey and hard.",
        "The river is cold and long.",
    ]
    rows = [{"prompt": asked, "completion": one} for one in said]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "r.yaml").write_text(
        f"input: [{{path: a.jsonl}}]\nfilters: [{{filter: ifd, model: '{TOY}'}}]\n"
        "prefer: [ifd__ifd_loss]\nselect: {max_records: 2}\n"
    )
    run = curator.curate(tmp_path / "r.yaml", out=tmp_path / "run")
    found = run.scores().collect().join(run.decisions().collect(), on="id", maintain_order="left")
    dropped = found.filter(pl.col("ifd__ifd_loss") > 1)
    assert dropped["reason"].unique().to_list() == ["ifd.unhelpful_prompt"]
    up_to_one = found.filter(pl.col("ifd__ifd_loss") <= 1).sort("ifd__ifd_loss", descending=True)
    assert up_to_one["kept"].to_list() == [True] * 2 + [False] * (up_to_one.height - 2)
