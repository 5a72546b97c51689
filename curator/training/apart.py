"""Apart: whether a model keeps documents that share a row apart, or lets one tell of another."""

from typing import Any

import torch

from curator.training.attention import reads_boundaries
from curator.training.loss import causal

_FAR = 1e-3


def keeps_documents_apart(model: Any) -> bool:
    """Try whether what stands in a row before a document changes its scores.

    Recurrent layers carry a state on, which no mask of attention stops.
    """
    inner = causal(model)
    if reads_boundaries(inner):
        return True
    if not hasattr(inner, "curator_keeps_apart"):
        inner.curator_keeps_apart = _tried(inner)
    return bool(inner.curator_keeps_apart)


def _tried(model: Any) -> bool:
    device = model.get_input_embeddings().weight.device
    if device.type == "meta":
        return True
    words = torch.tensor([[3, 4, 5, 6, 7, 8], [9, 10, 11, 6, 7, 8]], device=device)
    places = torch.tensor([[0, 1, 2, 0, 1, 2]] * 2, device=device)
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            found = model(input_ids=words, position_ids=places, use_cache=False).logits[:, 3:]
    except TypeError:
        # It is told no positions, so it cannot know where a document begins.
        return False
    finally:
        model.train(was_training)
    far = (found[0] - found[1]).abs().max() / found.abs().max()
    return bool(far < _FAR)
