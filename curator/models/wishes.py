"""Wishes: what is asked for beside an answer, as far as a server understands it."""

import re
from typing import Any, NamedTuple

from curator.models.grades import FORM

_STRANGE = re.compile(
    r"unsupported|not support|unrecogni[sz]ed|unknown|not permitted|extra inputs|unexpected",
    re.IGNORECASE,
)


class Wishes(NamedTuple):
    """The parameters that a request has."""

    most: int
    form: bool = True
    temperature: bool = True
    old_limit: bool = True

    def body(self, model: str, messages: list[dict[str, str]]) -> dict[str, Any]:
        """Write the request."""
        told: dict[str, Any] = {"model": model, "messages": messages}
        told["max_tokens" if self.old_limit else "max_completion_tokens"] = self.most
        if self.temperature:
            told["temperature"] = 0
        if self.form:
            told["response_format"] = FORM
        return told

    def without(self, why: str) -> "Wishes | None":
        """Give up the wish that a refusal names, or the form where it names none."""
        if _STRANGE.search(why) and self.old_limit and "max_tokens" in why:
            return self._replace(old_limit=False)
        if _STRANGE.search(why) and self.temperature and "temperature" in why:
            return self._replace(temperature=False)
        return self._replace(form=False) if self.form else None
