"""Trainer: transformers' own, with the loss of packed rows."""

from typing import Any

import torch
from transformers import Trainer

from curator.training.batches import IGNORED


class SftTrainer(Trainer):
    """Sums the loss of supervised tokens and divides by their number in the optimizer step."""

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        labels = inputs["shift_labels"]
        logits = model(
            input_ids=inputs["input_ids"], position_ids=inputs["position_ids"], use_cache=False
        ).logits
        total = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1).float(), labels.flatten(), ignore_index=IGNORED, reduction="sum"
        )
        learnt = num_items_in_batch if num_items_in_batch is not None else (labels != IGNORED).sum()
        loss = total / learnt
        return (loss, {}) if return_outputs else loss

    def get_batch_samples(self, epoch_iterator: Any, num_batches: int, device: Any) -> Any:
        """Return the batches of one optimizer step, and how many tokens of them are learnt."""
        batches = [batch for _, batch in zip(range(num_batches), epoch_iterator, strict=False)]
        learnt = sum(int((batch["shift_labels"] != IGNORED).sum()) for batch in batches)
        return batches, torch.tensor(max(1, learnt), device=device)
