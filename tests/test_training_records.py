"""Losses and gradient norms of records are those of each record alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from curator.training.record_losses import gradient_norms, hardest, record_losses
from tests.tiny_models import random_examples
from tests.training_runs import DROPPING, PLAIN, TRAINING, cut, run, small_model

pytestmark = pytest.mark.filterwarnings(
    # peft asks a model by a name that transformers 5.23 changed.
    "ignore:`is_gradient_checkpointing`:FutureWarning"
)
SILENT = replace(TRAINING[0], supervised=np.zeros(len(TRAINING[0]), np.bool_))
RECORDS = [*random_examples(9, 30, 2, 17), SILENT]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def _alone(model: Any, example: Any) -> Any:
    """Calculate the mean loss with transformers' own forward pass, nothing packed."""
    tokens = torch.from_numpy(example.tokens).long()
    logits = model(input_ids=tokens[None]).logits[0, :-1]
    learnt = torch.from_numpy(example.supervised[1:])
    return torch.nn.functional.cross_entropy(logits[learnt], tokens[1:][learnt])


@pytest.mark.parametrize("settings", [PLAIN, DROPPING], ids=["full", "lora"])
def test_norms_are_those_of_one_backward_pass_a_record(settings: Any) -> None:
    model, other = (small_model(settings, dtype=torch.float64) for _ in range(2))
    found = gradient_norms(model, RECORDS)
    assert all(weight.grad is None for weight in model.parameters())
    other.eval()
    for place, example in enumerate(RECORDS[:-1]):
        other.zero_grad()
        _alone(other, example).backward()
        parts = [weight.grad.norm() for weight in other.parameters() if weight.grad is not None]
        wanted = float(torch.stack(parts).norm())
        assert found[place] == pytest.approx(wanted, rel=1e-10)
    assert np.isnan(found[-1])


def test_losses_are_nats_a_supervised_token() -> None:
    model = small_model(dtype=torch.float64)
    found = record_losses(model, RECORDS, 40)
    with torch.no_grad():
        wanted = [_alone(model, example).item() for example in RECORDS[:-1]]
    assert found[:-1] == pytest.approx(wanted, rel=1e-10)
    assert np.isnan(found[-1])


def test_learning_lowers_the_losses_of_what_was_learnt() -> None:
    model = small_model()
    before = record_losses(model, TRAINING, 32)
    trained = run(
        settings=replace(PLAIN, learning_rate=1e-2), model=model, planned=cut(2, 2, steps=20)
    )
    after = record_losses(trained.model, TRAINING, 32)
    assert (after < before).mean() > 0.9


def test_only_so_many_norms_are_measured_and_the_hardest_can_come_first() -> None:
    model = small_model()
    losses = record_losses(model, RECORDS, 40)
    order = hardest(losses)
    assert losses[order[:-1]].tolist() == sorted(losses[:-1], reverse=True)
    assert order[-1] == len(RECORDS) - 1
    found = gradient_norms(model, [RECORDS[place] for place in order], most=2)
    assert np.isfinite(found[:2]).all()
    assert np.isnan(found[2:]).all()


def test_measuring_leaves_the_model_in_its_mode() -> None:
    model = small_model(DROPPING)
    for training in (True, False):
        model.train(training)
        gradient_norms(model, RECORDS[:1])
        assert model.training is training
