"""The loss of an example is the same alone and among others in a row, for every family."""

import numpy as np
import pytest
import torch

from curator.training.apart import keeps_documents_apart
from curator.training.attention import DOCUMENTS, attention_for
from curator.training.conversation import Example
from curator.training.loss import with_chunked_loss
from curator.training.nll import nll
from tests.tiny_models import FAMILIES, RECURRENT, random_examples, tiny_model

torch.set_num_threads(1)
LENGTHS = (3, 17, 9, 1, 30, 12, 2, 24)
EXAMPLES = random_examples(*LENGTHS)
MASKED = [(family, name) for family in FAMILIES for name in ("eager", "sdpa", DOCUMENTS)]
PAIRS = [pair for pair in MASKED if pair[0] != "gemma2" or pair[1] == "eager"]


def alone(model: object, example: Example) -> float:
    """Return the loss of one example by transformers' own scores."""
    tokens = torch.from_numpy(example.tokens).long()
    with torch.no_grad():
        scores = model(input_ids=tokens[None], use_cache=False).logits[0, :-1].double()  # type: ignore[operator]
    learnt = torch.from_numpy(example.supervised[1:])
    losses = torch.nn.functional.cross_entropy(scores, tokens[1:], reduction="none")
    return float(losses[learnt].sum())


@pytest.mark.parametrize(("family", "attention"), PAIRS)
def test_packed_and_single_losses_agree(family: str, attention: str) -> None:
    single = tiny_model(family, attention="eager")
    expected = np.array([alone(single, example) for example in EXAMPLES])
    found = nll(tiny_model(family, attention=attention), EXAMPLES, 64)
    assert found.tokens.tolist() == [int(example.supervised.sum()) for example in EXAMPLES]
    assert np.abs(found.nll - expected).max() / max(found.tokens) <= 1e-6


@pytest.mark.parametrize("family", ["qwen2", "qwen3", "llama", "mistral", "gemma3"])
@pytest.mark.parametrize("attention", ["eager", "sdpa", DOCUMENTS])
def test_packed_and_single_losses_agree_in_float64(family: str, attention: str) -> None:
    single = tiny_model(family, attention="eager", dtype=torch.float64)
    expected = np.array([alone(single, example) for example in EXAMPLES])
    found = nll(tiny_model(family, attention=attention, dtype=torch.float64), EXAMPLES, 64)
    assert np.abs(found.nll - expected).max() / max(found.tokens) <= 1e-6


@pytest.mark.parametrize("width", [30, 47, 200])
def test_the_width_of_rows_changes_nothing(width: int) -> None:
    model = tiny_model("gemma3", attention=DOCUMENTS)
    found, expected = nll(model, EXAMPLES, width), nll(model, EXAMPLES, 64)
    assert np.allclose(found.nll, expected.nll, atol=1e-5)


@pytest.mark.parametrize("family", RECURRENT)
def test_documents_that_would_see_each_other_share_no_row(family: str) -> None:
    model = tiny_model(family)
    assert not keeps_documents_apart(model)
    expected = np.array([alone(model, example) for example in EXAMPLES])
    assert np.abs(nll(model, EXAMPLES, 64).nll - expected).max() / max(LENGTHS) <= 1e-6


def test_the_order_of_examples_changes_nothing() -> None:
    model = tiny_model("llama", attention=DOCUMENTS)
    found = nll(model, EXAMPLES[::-1], 64)
    assert np.allclose(found.nll[::-1], nll(model, EXAMPLES, 64).nll, atol=1e-5)


def test_an_example_with_nothing_to_learn_has_no_loss() -> None:
    tokens = np.arange(5, 15, dtype=np.int32)
    silent = Example("silent", tokens, np.zeros(10, np.bool_))
    found = nll(tiny_model("qwen3", attention=DOCUMENTS), [silent], 16)
    assert (found.nll.tolist(), found.tokens.tolist()) == ([0.0], [0])


@pytest.mark.parametrize(("family", "attention"), PAIRS)
def test_every_family_keeps_documents_apart(family: str, attention: str) -> None:
    assert keeps_documents_apart(tiny_model(family, attention=attention))


def test_every_family_gets_an_attention_that_was_compared_here() -> None:
    for family in FAMILIES:
        model = tiny_model(family)
        assert (family, attention_for("cpu", "float32", model.config)) in PAIRS


def test_a_model_in_training_stays_in_training() -> None:
    model = with_chunked_loss(tiny_model("qwen2", attention=DOCUMENTS), longest=9).train()
    nll(model, EXAMPLES[:2], 32)
    assert model.training
    assert model.curator_longest == 9
