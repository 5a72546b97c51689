"""Card: what has to be known of a model before its word is taken."""

from dataclasses import dataclass
from typing import Literal

Task = Literal["language", "embedding", "encoder", "toxicity", "stereotype", "task", "quality"]
Source = Literal["bundled", "package", "url", "checkpoint", "path"]


@dataclass(frozen=True)
class ModelCard:
    """One model: what it is for, where its file comes from, and what it cannot do."""

    name: str
    task: Task
    source: Source
    """`bundled`: a file of this package; `package`: one that another installed package brings;
    `url`: one that `curator models pull` fetches; `checkpoint`: one that it fetches and converts to
    safetensors; `path`: one of the user's own."""
    place: str
    """`<package>/<file>`, the address, or the path."""
    sha256: str
    """Of the file; of a checkpoint the first eight digits, which are all that its name tells."""
    bytes: int
    """Of the file; of a checkpoint about: four for each parameter."""
    licence: str
    languages: str
    """Which languages it knows, in words."""
    use: str
    limits: str
    origin: str
    """Who made it: paper or project, and year."""
    codes: tuple[str, ...] = ()
    """ISO 639-1 codes of the languages outside which a turn is not judged; empty judges all."""
