"""Attention sees the own document, up to the window, and nothing else."""

from itertools import accumulate
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.training.attention import (
    DOCUMENTS,
    PACKS_EXACTLY,
    VARLEN,
    attention_for,
    documents_of,
    told_boundaries,
)
from curator.training.kernels import Documents, adapted, by_document, repeating_keys, shares_keys
from tests.tiny_models import FAMILIES, config_of, tiny_model

torch.set_num_threads(1)


def documents(lengths: list[int]) -> Documents:
    ends = [0, *accumulate(lengths)]
    return Documents(torch.tensor(ends, dtype=torch.int32), max(lengths))


def dense(query: Any, key: Any, value: Any, lengths: list[int], window: int | None) -> Any:
    """Attend by one matrix of all pairs, as the definition says."""
    owner = torch.tensor([i for i, length in enumerate(lengths) for _ in range(length)])
    back = torch.arange(len(owner))[:, None] - torch.arange(len(owner))
    seen = (owner[:, None] == owner) & (back >= 0) & (back < (window or len(owner)))
    share = query.shape[1] // key.shape[1]
    keys, values = (one.repeat_interleave(share, 1) for one in (key, value))
    scores = torch.einsum("qhd,khd->hqk", query, keys) * 0.3
    weights = scores.masked_fill(~seen, -torch.inf).softmax(-1)
    return torch.einsum("hqk,khd->qhd", weights, values)


def heads(tokens: int, *, queries: int = 4, keys: int = 2) -> tuple[Any, Any, Any]:
    torch.manual_seed(tokens)
    return tuple(  # type: ignore[return-value]
        torch.randn(tokens, n, 8, dtype=torch.float64, requires_grad=True)
        for n in (queries, keys, keys)
    )


def varlen_of_2_11(  # noqa: PLR0913, PLR0917
    q: Any, k: Any, v: Any, cu: Any, cu_k: Any, most: int, most_k: int, *,
    scale: float | None = None, window_size: tuple[int, int] = (-1, -1),
) -> Any:  # fmt: skip
    """Stand in for torch's kernel: what it takes, what it means by a window, what it refuses."""
    assert cu is cu_k
    assert most == most_k
    assert cu.dtype == torch.int32
    assert int(cu.diff().max()) <= most
    left, right = window_size
    assert right == 0, "not causal"
    window = None if left == -1 else left + 1
    return by_document(q, k, v, Documents(cu, most), window=window, scale=scale)


def varlen_of_2_13(  # noqa: PLR0913, PLR0917
    q: Any, k: Any, v: Any, cu: Any, cu_k: Any, most: int, most_k: int, *,
    scale: float | None = None, window_size: tuple[int, int] = (-1, -1), enable_gqa: bool = False,
) -> Any:  # fmt: skip
    if q.shape[1] != k.shape[1] and not enable_gqa:
        raise ValueError("Expect query and key/value to have the same number of heads")
    return varlen_of_2_11(q, k, v, cu, cu_k, most, most_k, scale=scale, window_size=window_size)


def varlen_of_2_10(q: Any, k: Any, v: Any, *, is_causal: bool = False) -> Any:
    raise AssertionError("knows no windows")


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.none() | st.integers(1, 14))
@settings(deadline=None, max_examples=40)
def test_documents_are_attended_as_the_definition_says(
    lengths: list[int], window: int | None
) -> None:
    query, key, value = heads(sum(lengths))
    found = by_document(query, key, value, documents(lengths), window=window, scale=0.3)
    expected = dense(query, key, value, lengths, window)
    assert torch.allclose(found, expected, atol=1e-12)
    slopes = torch.autograd.grad(found.square().sum(), (query, key, value))
    for slope, right in zip(
        slopes, torch.autograd.grad(expected.square().sum(), (query, key, value)), strict=True
    ):
        assert torch.allclose(slope, right, atol=1e-11)


@pytest.mark.parametrize("kernel", [varlen_of_2_11, varlen_of_2_13])
@pytest.mark.parametrize("window", [None, 3])
@pytest.mark.parametrize("keys", [2, 4])
def test_torchs_kernel_is_called_as_its_version_wants(
    kernel: Any, window: int | None, keys: int
) -> None:
    found = adapted(kernel)
    assert found is not None
    query, key, value = heads(9, keys=keys)
    seen = found(query, key, value, documents([4, 5]), window=window, scale=0.3)
    assert torch.allclose(seen, dense(query, key, value, [4, 5], window), atol=1e-12)


def shifted(q: Any, k: Any, v: Any, places: Documents, **how: Any) -> Any:
    """Share keys wrongly: head 1 sees what head 2 should."""
    order = [0, 2, 1, 3] if q.shape[1] != k.shape[1] else [0, 1, 2, 3]
    return by_document(q[:, order], k, v, places, **how)


def refusing(q: Any, k: Any, v: Any, places: Documents, **how: Any) -> Any:
    if q.shape[1] != k.shape[1]:
        raise RuntimeError("heads differ")
    return by_document(q, k, v, places, **how)


def test_heads_that_share_keys_are_tried() -> None:
    assert shares_keys(by_document, "cpu")
    for wrong in (shifted, refusing):
        assert not shares_keys(wrong, "cpu")
        query, key, value = heads(9)
        seen = repeating_keys(wrong)(query, key, value, documents([4, 5]), window=3, scale=0.3)
        assert torch.allclose(seen, dense(query, key, value, [4, 5], 3), atol=1e-12)


def test_a_kernel_without_windows_is_not_used() -> None:
    assert adapted(varlen_of_2_10) is None


def test_this_torchs_kernel_is_called_without_error_up_to_the_device() -> None:
    from torch.nn.attention.varlen import varlen_attn

    kernel = adapted(varlen_attn)
    assert kernel is not None
    query, key, value = (one.detach().to("meta", torch.bfloat16) for one in heads(9))
    places = documents([4, 5])._replace(boundaries=torch.zeros(3, dtype=torch.int32, device="meta"))
    assert kernel(query, key, value, places, window=3, scale=0.3).shape == (9, 4, 8)


@pytest.mark.parametrize("longest", [None, 4, 7, 20])
def test_boundaries_of_rows_are_laid_end_to_end(longest: int | None) -> None:
    positions = torch.tensor([[0, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 1, 2, 0, 1, 2, 3, 0, 1, 2]])
    ends = torch.tensor([[0, 2, 10, 10, 10], [0, 3, 7, 10, 10]], dtype=torch.int32)
    found = documents_of(positions, ends, longest)
    pieces = found.boundaries.diff().tolist()
    assert {0, 2, 10, 13, 17, 20} <= set(found.boundaries.tolist())
    assert found.boundaries.dtype == torch.int32
    assert min(pieces) >= 0
    assert max(pieces) <= found.longest == (longest or 10)


def test_boundaries_of_full_rows_gain_no_cuts_within_documents() -> None:
    positions = torch.tensor([[0, 1, 2, 3, 4, 0, 1, 2, 3, 4]])
    ends = torch.tensor([[0, 5, 10, 10]], dtype=torch.int32)
    assert set(documents_of(positions, ends, 5).boundaries.tolist()) == {0, 5, 10}


def test_boundaries_are_found_in_positions_where_nobody_tells_them() -> None:
    positions = torch.tensor([[0, 1, 2, 0, 1], [0, 1, 0, 0, 0]])
    found = documents_of(positions, None, None)
    assert found.boundaries.tolist() == [0, 3, 5, 7, 8, 9, 10]
    assert found.longest == 3


def test_names_the_attention_that_is_exact() -> None:
    assert attention_for("cpu", "float32") == "sdpa"
    assert attention_for("cpu", "float32", config_of("qwen3")) == DOCUMENTS
    assert attention_for("cpu", "float32", config_of("gemma2")) == "eager"
    assert attention_for("cpu", "float32", config_of("llama", attention_dropout=0.1)) == "sdpa"
    config = config_of("llama")
    config.model_type = "unheard_of"
    assert attention_for("cpu", "float32", config) == "sdpa"


def test_on_a_gpu_torchs_kernel_is_taken_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    assert attention_for("cuda", "auto", config_of("qwen2")) == VARLEN
    assert attention_for("cuda:1", "bfloat16", config_of("gemma3")) == VARLEN
    assert attention_for("cuda", "float32", config_of("qwen2")) == DOCUMENTS
    assert attention_for("cuda", "auto", config_of("qwen3", head_dim=264)) == DOCUMENTS
    assert attention_for("cuda", "auto", config_of("gemma2")) == "eager"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (9, 0))
    assert attention_for("cuda", "auto", config_of("qwen2")) == VARLEN
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (7, 5))
    assert attention_for("cuda", "auto", config_of("qwen2")) == DOCUMENTS


def test_every_type_that_packs_exactly_is_tested() -> None:
    tested = {config_of(family).model_type for family in FAMILIES}
    assert tested >= PACKS_EXACTLY


def test_without_boundaries_a_padded_batch_is_masked() -> None:
    tokens = torch.tensor([[0, 0, 5, 6, 7], [9, 8, 7, 6, 5]])
    seen = torch.tensor([[0, 0, 1, 1, 1], [1, 1, 1, 1, 1]])
    with torch.no_grad():
        by_name = [
            tiny_model("mistral", attention=name)(input_ids=tokens, attention_mask=seen).logits
            for name in (DOCUMENTS, "sdpa")
        ]
        alone = tiny_model("mistral")(input_ids=tokens[:1, 2:]).logits
    assert torch.equal(*by_name)
    assert torch.allclose(by_name[0][:1, 2:], alone, atol=1e-5)


def test_a_packed_row_that_tells_no_boundaries_is_masked_too() -> None:
    positions = torch.tensor([[0, 1, 2, 0, 1, 2, 3]])
    asked = {"input_ids": torch.arange(3, 10)[None], "position_ids": positions, "use_cache": False}
    with torch.no_grad():
        by_mask = tiny_model("qwen3", attention=DOCUMENTS)(**asked).logits
        with told_boundaries():
            ends = torch.tensor([0, 3, 7], dtype=torch.int32)
            told = tiny_model("qwen3", attention=DOCUMENTS)(
                **asked, cu_seq_lens_q=ends, max_length_q=4
            ).logits
    assert torch.allclose(by_mask, told, atol=1e-5)
