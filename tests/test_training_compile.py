"""Layers compile without a break, and once, however many documents share a row."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch._dynamo.testing import CompileCounterWithBackend

from curator.training.attention import register
from curator.training.batches import PackedRows, collate
from curator.training.compiled import compile_layers, layers_of, should_compile, uncompiled
from curator.training.kernels import adapted
from curator.training.loss import causal, with_chunked_loss
from curator.training.model import with_adapters
from tests.tiny_models import SETTINGS, random_examples, tiny_model

torch.set_num_threads(1)
pytestmark = pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning")
TRACED = "curator_traced"


def weights_of(query: Any, key: Any, ends: Any, scale: float) -> Any:
    """Return (heads, tokens, tokens): how much each token sees of each in its document."""
    tokens = torch.arange(len(query))
    owner = torch.searchsorted(ends.long(), tokens, right=True)
    seen = (owner[:, None] == owner) & (tokens[:, None] >= tokens)
    share = query.shape[1] // key.shape[1]
    scores = torch.einsum("qhd,khd->hqk", query, key.repeat_interleave(share, 1)) * scale
    return scores.masked_fill(~seen, -torch.inf).softmax(-1)


@torch.library.custom_op("curator_test::attend", mutates_args=())
def attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, ends: torch.Tensor, scale: float
) -> torch.Tensor:
    """Stand in for torch's kernel: one opaque step of the graph."""
    values = value.repeat_interleave(query.shape[1] // key.shape[1], 1)
    weights = weights_of(query, key, ends, scale)
    return torch.einsum("hqk,khd->qhd", weights, values).contiguous()


@attend.register_fake
def _(query: Any, key: Any, value: Any, ends: Any, scale: float) -> Any:
    return torch.empty_like(query)


def _keep(ctx: Any, inputs: Any, output: Any) -> None:
    *tensors, ctx.scale = inputs
    ctx.save_for_backward(*tensors)


@torch.library.custom_op("curator_test::slopes", mutates_args=())
def slopes_of(
    slope: torch.Tensor, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor,
    ends: torch.Tensor, scale: float,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:  # fmt: skip
    share = query.shape[1] // key.shape[1]
    keys, values = (one.repeat_interleave(share, 1) for one in (key, value))
    weights = weights_of(query, key, ends, scale)
    to_weights = torch.einsum("qhd,khd->hqk", slope, values)
    to_scores = weights * (to_weights - (to_weights * weights).sum(-1, keepdim=True)) * scale
    to_query = torch.einsum("hqk,khd->qhd", to_scores, keys)
    to_key = torch.einsum("hqk,qhd->khd", to_scores, query)
    to_value = torch.einsum("hqk,qhd->khd", weights, slope)
    to_key, to_value = (one.unflatten(1, (-1, share)).sum(2) for one in (to_key, to_value))
    return to_query.contiguous(), to_key.contiguous(), to_value.contiguous()


@slopes_of.register_fake
def _(slope: Any, query: Any, key: Any, value: Any, ends: Any, scale: float) -> Any:
    return torch.empty_like(query), torch.empty_like(key), torch.empty_like(value)


def _backward(ctx: Any, slope: Any) -> Any:
    return *slopes_of(slope.contiguous(), *ctx.saved_tensors, ctx.scale), None, None


attend.register_autograd(_backward, setup_context=_keep)


def varlen(  # noqa: PLR0913, PLR0917
    q: Any, k: Any, v: Any, cu: Any, cu_k: Any, most: int, most_k: int, *,
    scale: float, window_size: tuple[int, int],
) -> Any:  # fmt: skip
    assert window_size == (-1, 0)
    return attend(q, k, v, cu, scale)


kernel = adapted(varlen)
assert kernel is not None
register(TRACED, kernel)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Let no test find what another has compiled."""
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def batches() -> list[dict[str, Any]]:
    """Return rows of equal width with one, three and seven documents, boundaries told."""
    found = []
    for lengths in ((32,), (10, 12, 10), (3, 5, 2, 6, 4, 7, 5)):
        rows = PackedRows(random_examples(*lengths), [list(range(len(lengths)))], 32, 0)
        batch = collate([rows[0]])
        ends = torch.full((1, 10), 32, dtype=torch.int32)
        ends[0, : len(lengths)] = torch.tensor([0, *lengths[:-1]]).cumsum(0)
        found.append({**batch, "cu_seq_lens": ends})
    return found


def losses_and_slopes(model: Any) -> list[Any]:
    found = []
    for batch in batches():
        model.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        learnt = [w.grad.clone() for w in model.parameters() if w.grad is not None]
        found.append([loss.detach(), *learnt])
    return found


@pytest.fixture(autouse=True)
def knows_boundaries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "curator.training.loss.reads_boundaries",
        lambda model: model.config._attn_implementation == TRACED,
    )


@pytest.mark.parametrize(
    ("family", "method", "attention", "backend"),
    [
        ("qwen2", "full", TRACED, "eager"),
        ("qwen2", "lora", TRACED, "eager"),
        ("qwen3", "full", TRACED, "eager"),
        ("qwen3", "lora", TRACED, "eager"),
        ("llama", "full", TRACED, "aot_eager"),
        ("llama", "lora", TRACED, "aot_eager"),
        ("llama", "full", "sdpa", "eager"),
    ],
)
def test_layers_compile_once_for_any_number_of_documents(
    family: str, method: Any, attention: str, backend: str
) -> None:
    settings = replace(SETTINGS, method=method)
    model = with_adapters(tiny_model(family, attention=attention), settings).train()
    with_chunked_loss(model, longest=32)
    expected = losses_and_slopes(model)
    counted = CompileCounterWithBackend(backend)
    assert compile_layers(model, backend=counted) == 2
    found = losses_and_slopes(model)
    assert 1 <= counted.frame_count <= 2
    for one, other in zip(found, expected, strict=True):
        for slope, right in zip(one, other, strict=True):
            assert torch.allclose(slope, right, atol=1e-4, rtol=1e-4)


def test_what_grows_is_run_as_it_was_written() -> None:
    model = with_chunked_loss(tiny_model("llama", attention="sdpa"))
    counted = CompileCounterWithBackend("aot_eager")
    compile_layers(model, backend=counted)
    with uncompiled(model), torch.no_grad():
        for length in range(2, 20):
            model(input_ids=torch.arange(length)[None])
    assert counted.frame_count == 0


def test_what_was_never_compiled_is_left_alone() -> None:
    model = tiny_model("llama")
    with uncompiled(model):
        assert len(layers_of(causal(model))) == 2


def test_compiles_where_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    on, off = replace(SETTINGS, compile="on"), replace(SETTINGS, compile="off")
    assert should_compile(on, "cpu", None)
    assert not should_compile(off, "cuda", 1e6)
    assert should_compile(SETTINGS, "cuda", 1e6)
    assert not should_compile(SETTINGS, "cuda", 60.0)
    assert not should_compile(SETTINGS, "cuda", None)
    assert not should_compile(SETTINGS, "cpu", 1e6)
    monkeypatch.setattr(torch, "__version__", "2.10.1+cu128")
    assert not should_compile(SETTINGS, "cuda", 1e6)
