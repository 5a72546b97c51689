"""Published: the cards of the models of the project Detoxify, which are fetched and converted."""

from curator.models.card import ModelCard

_RELEASES = "https://github.com/unitaryai/detoxify/releases/download"
_ORIGIN = "Detoxify (Hanu and Unitary 2020), trained on the data of Jigsaw's challenge of"
_USE = "Scores abusive prompts and answers by meaning more than by words; wants a GPU, or time."
_LIMITS = (
    "Harsh words weigh more than what is done with them: swearing among friends, quotations and "
    "counter-speech are flagged; polite hate is missed; comments on the web are not conversations "
    "with an assistant."
)
_GROUPS = "Mentions of some groups raise the score of neutral sentences."


def _card(name: str, file: str, parameters: float, year: int, limits: str = "") -> ModelCard:
    """Make the card of a model; its file's name ends in the first digits of its sha256."""
    codes = ("en", "fr", "es", "it", "pt", "tr", "ru") if name == "multilingual" else ("en",)
    return ModelCard(
        name=f"detoxify:{name}",
        task="toxicity",
        source="checkpoint",
        place=f"{_RELEASES}/{file}",
        sha256=file.removesuffix(".ckpt").rpartition("-")[2],
        bytes=round(parameters * 4e6),
        licence="Apache-2.0",
        languages="English" if len(codes) == 1 else f"seven: {', '.join(codes)}",
        use=_USE,
        limits=f"{_LIMITS} {limits}".strip(),
        origin=f"{_ORIGIN} {year}",
        codes=codes,
    )


PUBLISHED_CARDS = (
    _card("original", "v0.1-alpha/toxic_original-c1212f89.ckpt", 109.5, 2018, _GROUPS),
    _card("unbiased", "v0.3-alpha/toxic_debiased-c7548aa0.ckpt", 124.7, 2019),
    _card("multilingual", "v0.4-alpha/multilingual_debiased-0b549669.ckpt", 278.0, 2020),
    _card("original-small", "v0.1.2/original-albert-0e1d6498.ckpt", 11.7, 2018, _GROUPS),
    _card("unbiased-small", "v0.1.2/unbiased-albert-c8519128.ckpt", 11.7, 2019),
)
"""Places and names as in the release pages of https://github.com/unitaryai/detoxify."""
