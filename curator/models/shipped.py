"""The cards of the models that ship inside."""

from curator.models.card import ModelCard, Task

_FOLDER = "curator/models/weights"
_ENGLISH = "English"
_ENCODER_ORIGIN = (
    "all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019), tuned by "
    "benchmarks/training/toxicity_encoder.py (2026)"
)
_EMBEDDER_ORIGIN = (
    "all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019), distilled by "
    "benchmarks/training/embedder_static.py (2026)"
)
_LEARNT = "What it learnt from stands in docs/toxicity.md."


def _card(
    name: str, task: Task, about: tuple[str, str, int], told: tuple[str, str, str]
) -> ModelCard:
    file, sha256, size = about
    use, limits, origin = told
    return ModelCard(
        name=name,
        task=task,
        source="bundled",
        place=f"{_FOLDER}/{file}",
        sha256=sha256,
        bytes=size,
        licence="Apache-2.0",
        languages=_ENGLISH,
        use=use,
        limits=limits,
        origin=origin,
    )


SHIPPED_CARDS = (
    _card(
        "toxicity_static",
        "toxicity",
        (
            "toxicity_static.safetensors",
            "0e78d535bbb1103b9e7f09e15bea264cd8ff2a83c2d7c5d6df80c96d9168e407",
            7_845_256,
        ),
        (
            "Clears what is surely harmless, cheaply enough for every row.",
            "Reads words and their neighbours, not meaning: most hate without harsh words is "
            f"missed, and counter-speech and reclaimed words score too high. {_LEARNT}",
            "trained by benchmarks/training/toxicity_static.py (2026)",
        ),
    ),
    _card(
        "encoder_trunk",
        "encoder",
        (
            "encoder_trunk.onnx",
            "f5143f961199b6bbe7d60c3b47849730c2f294251bd0862dbe51d718640738b1",
            19_197_833,
        ),
        (
            "Reads an English text for the heads, which judge it.",
            "Reads a hundred words at a time; knows nothing but English.",
            _ENCODER_ORIGIN,
        ),
    ),
    _card(
        "encoder_pieces",
        "encoder",
        (
            "encoder_pieces.txt",
            "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
            231_508,
        ),
        (
            "The word pieces into which the encoder's texts are cut.",
            "Lower case, no accents.",
            "BERT (Devlin et al. 2019), as all-MiniLM-L6-v2 has them",
        ),
    ),
    _card(
        "toxicity_head",
        "toxicity",
        (
            "toxicity_head.onnx",
            "1e441f5899a62b12a8efc4def610601533b37e7dbf817d3ce6cc1e0beffcc510",
            3_634_792,
        ),
        (
            "Judges abusive prompts and answers from what the encoder read.",
            f"Polite hate is found half the time; irony and coded words are missed. {_LEARNT}",
            "trained by benchmarks/training/toxicity_head.py (2026)",
        ),
    ),
    _card(
        "embedder",
        "embedding",
        (
            "embedder/model.safetensors",
            "49f7ae2b6eb6c2bb2a6ad33727a96359facc7cfc77e4e1879d72251d6fe038c2",
            7_676_692,
        ),
        (
            "Puts texts that mean the same near each other, cheaply enough for every row.",
            "A mean of word pieces: it does not see their order, nor a negation. See "
            "docs/embeddings.md.",
            _EMBEDDER_ORIGIN,
        ),
    ),
    _card(
        "embedder_pieces",
        "embedding",
        (
            "embedder/tokenizer.json",
            "da47682b18bd7eded32ecc01752f81c83dbccb5b3de6462573582f89fbffff24",
            445_427,
        ),
        (
            "The word pieces into which the embedder's texts are cut.",
            "Lower case, no accents; of Chinese and Japanese some single signs.",
            "BERT (Devlin et al. 2019), as all-MiniLM-L6-v2 has them",
        ),
    ),
    _card(
        "quality",
        "quality",
        (
            "quality.safetensors",
            "15b041d3eaa133784da2c9db174997d42c3e06deaa1a99c368124353145ee70d",
            946_608,
        ),
        (
            "Tells likely poor answers from likely good ones.",
            "Does not know what is true, and agrees with other judges only in part: train one on "
            "labels of your own where you have them. What it learnt from and its figures stand in "
            "docs/response_quality.md.",
            "trained by benchmarks/training/quality_static.py (2026)",
        ),
    ),
    _card(
        "stereotype_head",
        "stereotype",
        (
            "stereotype_head.onnx",
            "422386fa8eff459cd9cc0c08118df3f92b664c852dd8e17678d9028b5be2dfcc",
            3_785_329,
        ),
        (
            "Tells how surely a sentence links a group with a stereotype.",
            "Judges only sentences that name a group; see docs/bias.md.",
            "trained by benchmarks/training/stereotype_head.py (2026)",
        ),
    ),
    _card(
        "stereotype_groups",
        "stereotype",
        (
            "stereotype_groups.safetensors",
            "9ec03892849bdfbad30480a802d6aacba8403af80844d970e8ed8d99aea00d3f",
            163_780,
        ),
        (
            "Vectors of the lexicon's groups, to tell which group a sentence fits.",
            "They hold the associations of the texts that the encoder was made from, on purpose.",
            "all-MiniLM-L6-v2 (Reimers and Gurevych 2019), by "
            "benchmarks/training/stereotype_head.py (2026)",
        ),
    ),
    _card(
        "task_static",
        "task",
        (
            "task_static.safetensors",
            "e9333b9dc4b69901e32a927da82eb14c1c74c020ee93d0f127651f407f157eb1",
            2_935_432,
        ),
        (
            "Says what a prompt asks for, what it is about, which form of answer it wants.",
            "Made for English; knows other languages a little. A summarising question about a "
            "given text looks like any other question. What it learnt from stands in "
            "docs/taxonomy.md.",
            "trained by benchmarks/training/task_static.py, taught by the task_head (2026)",
        ),
    ),
    _card(
        "task_head",
        "task",
        (
            "task_head.onnx",
            "dbf5388ffbd3cd79fe6548f40c1394b5b2e4f12988d31a203a2ae4bb2a06e2c7",
            3_655_116,
        ),
        (
            "Votes on what a prompt asks for, from what the encoder's trunk makes of it.",
            "Knows nothing but English; reads the head and the tail of a long prompt. What it "
            "learnt from stands in docs/taxonomy.md.",
            "trained by benchmarks/training/task_head.py (2026)",
        ),
    ),
)
