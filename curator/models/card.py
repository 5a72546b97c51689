"""Card: what has to be known of a model before its word is taken."""

from dataclasses import dataclass
from typing import Literal

Task = Literal["language", "encoder", "toxicity", "stereotype"]
Source = Literal["bundled", "package", "url", "path"]


@dataclass(frozen=True)
class ModelCard:
    """One model: what it is for, where its file comes from, and what it cannot do."""

    name: str
    task: Task
    source: Source
    """`bundled`: a file of this package; `package`: one that another installed package brings;
    `url`: one that `curator models pull` fetches; `path`: one of the user's own."""
    place: str
    """`<package>/<file>`, the address, or the path."""
    sha256: str
    bytes: int
    licence: str
    languages: str
    """Which languages it knows, in words."""
    use: str
    limits: str
    origin: str
    """Who made it: paper or project, and year."""
