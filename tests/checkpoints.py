"""Small checkpoints, built on the spot: random weights, real formats."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

WORDS = """
the a of and to in is you are it that was for on with as he she they we this have from not
what how why when where who can could would should please tell me write explain list give
story poem code table number year people person city country river mountain water fire
stone idiot moron stupid trash hate kill kind good bad great awful happy sad chair window
door run walk eat sleep think know see hear speak learn teach build break open close begin
end
""".split()  # noqa: SIM905 (a list of a hundred words is read more easily so)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,;:!?'\"()-/%$#@&*+=<>[]{}_|~^`\\"
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
UNBIASED = (
    "toxicity",
    "severe_toxicity",
    "obscene",
    "identity_attack",
    "insult",
    "threat",
    "sexual_explicit",
)
ORIGINAL = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")


def word_pieces() -> list[str]:
    """List a vocabulary that spells every lower-case ASCII text."""
    letters = [*LETTERS, *(f"##{letter}" for letter in LETTERS)]
    return list(dict.fromkeys([*SPECIAL, *letters, *WORDS, "##s", "##ing", "##ed", "##ly"]))


def save_companions(folder: Path, **sizes: Any) -> Any:
    """Write the configuration and the WordPiece tokenizer of a BERT; return the configuration."""
    from transformers import BertConfig, BertTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(word_pieces()) + "\n", "utf-8")
    BertTokenizer(str(vocabulary), model_max_length=512).save_pretrained(folder)
    small = {
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 128,
    }
    config = BertConfig(vocab_size=len(word_pieces()), **(small | sizes))
    config.save_pretrained(folder)
    return config


def random_model(config: Any, labels: Sequence[str], seed: int = 0) -> Any:
    """Make a classifier whose scores differ from text to text, and are not all near a half."""
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(seed)
    config.num_labels = len(labels)
    model = BertForSequenceClassification(config).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith("weight") and weight.dim() > 1:
                weight.normal_(0, 0.05)
        model.classifier.weight.normal_(0, 4 / config.hidden_size**0.5)
        model.classifier.bias.normal_(-1, 1)
    return model


def save_checkpoint(path: Path, companions: Path, labels: Sequence[str], **sizes: Any) -> Path:
    """Write a checkpoint as Detoxify's training leaves it, `companions` beside it."""
    import torch

    config = save_companions(companions, num_labels=len(labels), **sizes)
    model = random_model(config, labels)
    architecture = {
        "model_type": str(companions),
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
        "num_classes": len(labels),
    }
    told = {
        "arch": {"type": "BERT", "args": architecture},
        "dataset": {"type": "JigsawDataOriginal", "args": {"classes": list(labels)}},
    }
    torch.save({"config": told, "state_dict": model.state_dict()}, path)
    return path


def varied_texts(count: int, seed: int = 0, most: int = 300) -> list[str]:
    """Make texts of every length, some of them of words that no vocabulary has."""
    chosen = random.Random(seed)
    texts = ["", " ", "You idiot!", "Ünïcödé 漢字 🎉", "a" * 300]
    while len(texts) < count:
        length = int(chosen.paretovariate(0.7))
        words = chosen.choices(WORDS, k=min(length, most))
        strange = "".join(chosen.choices("abcdefgh", k=6))
        texts.append(" ".join([*words, strange]) + chosen.choice((".", "!", "?", "")))
    return texts[:count]
