"""The chunked loss is cross entropy, forward and backward, and never holds all scores."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.training.activations import recompute_activations
from curator.training.attention import DOCUMENTS
from curator.training.batches import IGNORED, PackedRows, collate
from curator.training.cross_entropy import Head, bent, chunk_tokens, summed_loss
from curator.training.loss import causal, with_chunked_loss
from curator.training.pack import pack
from tests.tiny_models import WORDS, random_examples, tiny_model

torch.set_num_threads(1)


def random(*shape: int, seed: int = 0) -> Any:
    torch.manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def reference(hidden: Any, labels: Any, head: Head) -> Any:
    scores = bent(torch.nn.functional.linear(hidden, head.weight, head.bias), head)
    return torch.nn.functional.cross_entropy(scores, labels, reduction="none")


@given(
    tokens=st.integers(0, 13),
    chunk=st.integers(1, 16),
    biased=st.booleans(),
    scale=st.sampled_from([1.0, 0.25, 3.0]),
    cap=st.sampled_from([None, 2.0, 30.0]),
)
@settings(deadline=None, max_examples=60)
def test_is_cross_entropy_in_float64(
    tokens: int, chunk: int, *, biased: bool, scale: float, cap: float | None
) -> None:
    hidden, weight = random(tokens, 6), random(11, 6, seed=1)
    bias = random(11, seed=2) if biased else None
    labels = torch.arange(tokens) * 7 % 11
    head = Head(weight, bias, scale, cap)
    inputs = [hidden, weight] + ([bias] if biased else [])
    total, losses = summed_loss(hidden, labels, head, chunk=chunk)
    expected = reference(hidden, labels, head)
    assert torch.allclose(losses, expected, atol=1e-12)
    assert torch.allclose(total, expected.sum(), atol=1e-12)
    found = torch.autograd.grad(total * 0.7, inputs)
    right = torch.autograd.grad(expected.sum() * 0.7, inputs)
    for slope, other in zip(found, right, strict=True):
        assert torch.allclose(slope, other, atol=1e-12)


def test_a_frozen_head_gets_no_gradient_and_a_frozen_body_none_either() -> None:
    hidden, weight = random(5, 6), random(11, 6, seed=1)
    labels = torch.arange(5)
    total, _ = summed_loss(hidden, labels, Head(weight.detach()))
    total.backward()
    assert torch.allclose(
        hidden.grad,
        torch.autograd.grad(reference(hidden, labels, Head(weight)).sum(), hidden)[0],
    )
    total, _ = summed_loss(hidden.detach(), labels, Head(weight))
    total.backward()
    assert weight.grad.abs().sum() > 0


def test_the_heads_gradient_is_summed_in_float32() -> None:
    torch.manual_seed(0)
    hidden = torch.randn(512, 16).bfloat16()
    weight = (torch.randn(7, 16) / 4).bfloat16().requires_grad_()
    labels = torch.randint(0, 7, (512,))
    exact = weight.detach().double().requires_grad_()
    reference(hidden.double(), labels, Head(exact)).sum().backward()
    total, _ = summed_loss(hidden, labels, Head(weight), chunk=1)
    total.backward()
    wrong = (weight.grad.double() - exact.grad).norm() / exact.grad.norm()
    assert wrong < 0.004  # 512 sums in bfloat16 are off by 0.02 and more


def test_the_chunk_keeps_the_scores_small() -> None:
    assert chunk_tokens(151_936, "cuda") * 151_936 * 4 <= 1 << 30
    assert chunk_tokens(1_000_000_000, "cpu") == 16


def batch_of(*lengths: int, width: int = 32) -> dict[str, Any]:
    examples = random_examples(*lengths)
    rows = PackedRows(examples, pack(lengths, width), width, 0)
    return collate([rows[place] for place in range(len(rows))])


def plain_loss(model: Any, batch: dict[str, Any]) -> Any:
    asked = {"input_ids": batch["input_ids"], "position_ids": batch["position_ids"]}
    scores = model(**asked, use_cache=False).logits.flatten(0, 1)
    return torch.nn.functional.cross_entropy(
        scores, batch["shift_labels"].flatten(), ignore_index=IGNORED, reduction="sum"
    )


def slopes(model: Any, loss: Any) -> dict[str, Any]:
    model.zero_grad()
    loss.backward()
    return {name: w.grad.clone() for name, w in model.named_parameters() if w.grad is not None}


@pytest.mark.parametrize(
    ("family", "attention"),
    [
        ("qwen2", DOCUMENTS),  # tied
        ("llama", DOCUMENTS),
        ("llama", "sdpa"),
        ("granite", DOCUMENTS),  # scores are divided
        ("cohere2", DOCUMENTS),  # scores are multiplied
        ("gemma2", "eager"),  # scores are capped
        ("gpt_neox", DOCUMENTS),
    ],
)
def test_a_models_loss_and_gradients_are_the_plain_ones(family: str, attention: str) -> None:
    batch = batch_of(20, 9, 30, 3, 12)
    plain = tiny_model(family, attention="eager")
    expected = slopes(plain, plain_loss(plain, batch))
    model = with_chunked_loss(tiny_model(family, attention=attention), longest=30)
    answer = model(**batch)
    found = slopes(model, answer.loss)
    assert model.curator_chunks
    assert torch.allclose(answer.loss, plain_loss(plain, batch), rtol=1e-6)
    assert torch.allclose(answer.losses.sum(), answer.loss)
    assert found.keys() == expected.keys()
    for name, slope in found.items():
        assert torch.allclose(slope, expected[name], atol=2e-5, rtol=1e-4), name


def test_boundaries_and_places_that_are_told_change_nothing() -> None:
    batch = batch_of(20, 9, 12, 3)
    model = with_chunked_loss(tiny_model("qwen3", attention=DOCUMENTS), longest=20)
    places = (batch["shift_labels"].flatten() != IGNORED).nonzero().flatten()
    ends = torch.tensor([[0, 20, 32, 32, 32], [0, 9, 12, 32, 32]], dtype=torch.int32)
    told = model(**{**batch, "learnt": places, "cu_seq_lens": ends})
    found = model(**{**batch, "cu_seq_lens": None})
    assert torch.allclose(told.loss, found.loss)


def test_activations_that_are_calculated_again_change_nothing() -> None:
    batch = batch_of(20, 9, 30)
    kept = with_chunked_loss(tiny_model("mistral", attention=DOCUMENTS)).train()
    expected = slopes(kept, kept(**batch).loss)
    again = with_chunked_loss(tiny_model("mistral", attention=DOCUMENTS)).train()
    recompute_activations(again)
    found = slopes(again, again(**batch).loss)
    assert all(torch.equal(slope, expected[name]) for name, slope in found.items())


def test_rows_without_labels_have_no_loss_and_no_gradient() -> None:
    model = with_chunked_loss(tiny_model("qwen2", attention=DOCUMENTS))
    batch = batch_of(20, 9)
    batch["shift_labels"].fill_(IGNORED)
    loss = model(**batch).loss
    assert float(loss.detach()) == 0.0
    assert all(not slope.any() for slope in slopes(model, loss).values())


def test_scores_of_the_whole_row_never_exist() -> None:
    model = with_chunked_loss(tiny_model("llama", attention=DOCUMENTS))
    batch = batch_of(32, 32, 32)
    largest = 0

    class Watch(torch.overrides.TorchFunctionMode):
        def __torch_function__(
            self, function: Any, _: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            nonlocal largest
            found = function(*args, **(kwargs or {}))
            if isinstance(found, torch.Tensor) and found.shape[-1:] == (WORDS,) and found.dim() > 1:
                largest = max(largest, found.shape[-2])
            return found

    learnt = int((batch["shift_labels"] != IGNORED).sum())
    with Watch():
        model(**batch)
    assert largest <= learnt < batch["input_ids"].numel()


def test_without_labels_the_model_is_what_it_was() -> None:
    tokens = torch.arange(3, 12)[None]
    model = with_chunked_loss(tiny_model("llama", attention=DOCUMENTS))
    with torch.no_grad():
        assert torch.equal(model(input_ids=tokens).logits, tiny_model("llama")(tokens).logits)
    assert with_chunked_loss(model) is model


def adapted(modules: Any) -> Any:
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=4, target_modules=modules, task_type="CAUSAL_LM")
    model = get_peft_model(tiny_model("llama", attention=DOCUMENTS), config)
    torch.manual_seed(1)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, 0, 0.1)
    return model.eval()


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # peft's
@pytest.mark.parametrize("modules", ["all-linear", ["q_proj", "lm_head"]])
def test_adapters_are_learnt_through_their_wrapper_even_on_the_head(modules: Any) -> None:
    batch = batch_of(20, 9, 30)
    plain = adapted(modules)
    causal(plain).set_attn_implementation("eager")
    expected = slopes(plain, plain_loss(plain, batch))
    model = with_chunked_loss(adapted(modules))
    found = slopes(model, model(**batch).loss)
    assert found.keys() == expected.keys()
    assert all("lora" in name for name in found)
    for name, slope in found.items():
        assert torch.allclose(slope, expected[name], atol=2e-5, rtol=1e-4), name


def test_a_head_that_does_more_than_we_know_takes_the_plain_path() -> None:
    model = tiny_model("llama", attention=DOCUMENTS)
    kind = type(model)

    class Odd(kind):  # type: ignore[misc,valid-type]
        def forward(self, *args: Any, **asked: Any) -> Any:
            answer = super().forward(*args, **asked)
            answer.logits = answer.logits - 2 * answer.logits.abs()
            return answer

    model.__class__ = Odd
    with_chunked_loss(model)
    batch = batch_of(20, 9, 30)
    assert not model.curator_chunks
    assert torch.allclose(model(**batch).loss, plain_loss(model, batch), rtol=1e-5)
