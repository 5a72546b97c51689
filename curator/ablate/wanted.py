"""Wanted: what somebody asks of an ablation."""

from dataclasses import dataclass
from pathlib import Path

from curator.ablate.arms import CORE, Arm
from curator.tune.base import TINY


@dataclass(frozen=True)
class Wanted:
    """What the user asked for."""

    recipe: Path | None
    model: str = TINY
    micro: bool = False
    minutes: float = 30.0
    seeds: int = 5
    arms: tuple[str, ...] = ()
    """Names of arms; all for which there is time when empty."""
    held_out: tuple[Path, ...] = ()
    other: tuple[Path, ...] = ()
    out: Path | None = None
    run: Path | None = None
    """The run directory of the recipe; where `curator run` puts it when absent."""

    def takes(self, arm: Arm) -> bool:
        """Say whether an arm is to be trained, if there is time."""
        if arm.name in CORE:
            return True
        if not self.arms:
            return not self.micro
        names = {arm.kind, arm.without, arm.name.lower(), "all"}
        return any(name.lower() in names for name in self.arms)
