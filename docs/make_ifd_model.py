"""Make the toy language model of the examples, docs/examples/ifd_model: a minute on one core.

    python docs/make_ifd_model.py

A Llama of two layers and width 24 that learns from made-up sentences what a few things are like,
with and without a question before. It is an example of the format `hub:` reads and knows sixty
words: an answer about the thing that was asked for is easier with the question, one about another
thing is harder.
"""

import random
import re
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from curator.filters.ifd import Ifd

FOLDER = Path(__file__).parent / "examples" / "ifd_model"
PLACES = 128
STEPS = 2_000
THINGS = {
    "cake": "sweet and soft",
    "river": "long and cold",
    "stone": "grey and hard",
    "lamp": "bright and warm",
    "garden": "green and quiet",
    "bridge": "old and narrow",
    "song": "short and sad",
    "story": "true and strange",
}
ASKS = ("Tell me about the {}.", "What is the {} like?", "Please describe the {}.")
ANSWERS = ("The {} is {}.", "I think that the {} is {}.", "People say that the {} is {}.")
CUT = r"\w+|[^\w\s]+"


def main() -> None:
    """Train, and write the folder."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    chance = random.Random(0)
    tokenizer = tokenizer_of([text_of(chance) for _ in range(2_000)])
    tokenizer.save_pretrained(FOLDER)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=24,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=PLACES,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=None,
    )
    model = LlamaForCausalLM(config)
    train(model, tokenizer, chance)
    model.eval().save_pretrained(FOLDER)
    (FOLDER / "generation_config.json").unlink()


def text_of(chance: random.Random) -> str:
    """Make an answer, most often with the question before it, or another exchange before both."""
    kind = chance.random()
    asked, answer = exchange(chance)
    if kind < 0.3:
        return answer
    if kind < 0.7:
        return asked + answer
    return f"{''.join(exchange(chance))}\n\n{asked}{answer}"


def exchange(chance: random.Random) -> tuple[str, str]:
    """Ask about a thing and answer."""
    thing = chance.choice(list(THINGS))
    asked = Ifd().asked.replace("{prompt}", chance.choice(ASKS).format(thing))
    return asked, Ifd().heading + chance.choice(ANSWERS).format(thing, THINGS[thing])


def tokenizer_of(texts: list[str]) -> PreTrainedTokenizerFast:
    """Know every word of the texts, in lower case, and every mark; `<s>` begins a text."""
    words = sorted({word for text in texts for word in re.findall(CUT, text.lower())})
    vocabulary = {word: at for at, word in enumerate(["<s>", "<pad>", "<unk>", *words])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Split(Regex(CUT), "removed", invert=True)
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        bos_token="<s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=PLACES,
    )


def train(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, chance: random.Random
) -> None:
    """Fit the model to fresh texts, and print its loss now and then."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=0.01)
    for step in range(STEPS + 1):
        texts = [text_of(chance) for _ in range(32)]
        given = tokenizer(texts, return_tensors="pt", padding=True, return_token_type_ids=False)
        labels = given["input_ids"].masked_fill(given["attention_mask"] == 0, -100)
        loss = model(**given, labels=labels).loss
        if step % 500 == 0:
            print(f"step {step}: loss {loss.item():.3f}")
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


if __name__ == "__main__":
    main()
