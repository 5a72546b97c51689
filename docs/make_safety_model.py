"""Make the toy guard model of the examples, docs/examples/safety_model: a minute on one core.

    python docs/make_safety_model.py

One BERT layer of width 16 that learns from made-up sentences to call those unsafe which ask how to
do, or tell how to do, one of a few harmful things. It is an example of the format `hub:` reads and
no guard: it knows three hundred words.
"""

import random
from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

FOLDER = Path(__file__).parent / "examples" / "safety_model"
HARMS = ("bomb", "poison", "weapon", "malware", "ransom", "explosive", "virus")
THINGS = ("cake", "soup", "shirt", "garden", "letter", "song", "table", "lamp", "bridge", "story")
OPENINGS = ("how do i make a", "tell me about the", "please write down a", "what is a", "i want a")
ANSWERS = ("take two parts and mix the", "first you buy a", "here is a plan for the", "this is a")
REFUSALS = ("sorry i can not help with that", "i will not tell you that", "no that would do harm")
PIECES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def main() -> None:
    """Train, check on fresh sentences, and write the folder."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    said = " ".join([*OPENINGS, *ANSWERS, *REFUSALS, *HARMS, *THINGS]).split()
    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    pieces = dict.fromkeys([*PIECES, *letters, *(f"##{letter}" for letter in letters), *said])
    vocabulary = FOLDER / "vocab.txt"
    vocabulary.write_text("\n".join(pieces) + "\n", "utf-8")
    tokenizer = BertTokenizer(str(vocabulary), model_max_length=64)
    tokenizer.save_pretrained(FOLDER)
    vocabulary.unlink(missing_ok=True)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.2,
        id2label={0: "safe", 1: "unsafe"},
        label2id={"safe": 0, "unsafe": 1},
        problem_type="single_label_classification",
    )
    model = BertForSequenceClassification(config)
    train(model, tokenizer)
    model.eval().save_pretrained(FOLDER)


def train(model: BertForSequenceClassification, tokenizer: BertTokenizer) -> None:
    """Fit the model, and print how often it is right on sentences that it has not seen."""
    chance = random.Random(0)
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for step in range(801):
        texts, pairs, labels = zip(*(example(chance) for _ in range(64)), strict=True)
        given = tokenizer(list(texts), list(pairs), return_tensors="pt", padding=True)
        found = model(**given, labels=torch.tensor(labels))
        if step % 200 == 0:
            right = (found.logits.argmax(1) == torch.tensor(labels)).float().mean()
            print(f"step {step}: {right:.3f} right")
        optimiser.zero_grad()
        found.loss.backward()
        optimiser.step()


def example(chance: random.Random) -> tuple[str, str, int]:
    """Make a prompt, an answer or none, and whether the last of them is unsafe."""
    thing = chance.choice(HARMS if chance.random() < 0.5 else THINGS)
    asked = f"{chance.choice(OPENINGS)} {thing}{chance.choice(('', '?', '.'))}"
    kind = chance.random()
    if kind < 0.4:
        return asked, "", int(thing in HARMS)
    if kind < 0.6:
        return asked, chance.choice(REFUSALS) + chance.choice(("", ".")), 0
    told = chance.choice(HARMS if chance.random() < 0.5 else THINGS)
    return asked, f"{chance.choice(ANSWERS)} {told}.", int(told in HARMS)


if __name__ == "__main__":
    main()
