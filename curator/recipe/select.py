"""Select: the ways to choose the best records under a budget, one model a method."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from curator.recipe.budget import Quality, Select
from curator.recipe.shares import Balanced, Fitted, Mixture, Quotas
from curator.recipe.spread import Deita, FacilityLocation, KCenter, Rds


class Ranked(Select):
    """Keep the best: those first in the order of `quality`, else in the survivor order."""

    method: Literal["ranked"] = "ranked"
    quality: Quality


class Random(Select):
    """Keep a random draw: what is drawn depends on a record's content and the recipe's seed.

    The control that every other method should be held against: at scale many do no better (Ivison
    et al. 2025).
    """

    method: Literal["random"]


def _ranked_by_default(said: Any) -> Any:
    """Read a budget that names no method as one for the best."""
    return {"method": "ranked"} | said if isinstance(said, dict) else said


_Methods = (
    Ranked
    | Random
    | Quotas
    | Balanced
    | Mixture
    | Fitted
    | Deita
    | Rds
    | KCenter
    | FacilityLocation
)
AnySelect = Annotated[_Methods, Field(discriminator="method"), BeforeValidator(_ranked_by_default)]
METHODS: dict[str, type[Select]] = {
    get_args(leaf.model_fields["method"].annotation)[0]: leaf for leaf in get_args(_Methods)
}
"""Every method by its name in the recipe."""
