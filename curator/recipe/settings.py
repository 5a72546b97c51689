"""Settings: what every part of a recipe's vocabulary is."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A part of a recipe: frozen, and a word that it does not know is a mistake."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True
    )
