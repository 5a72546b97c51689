"""Asking: how a service is asked, which changes nothing of what it is asked."""

from pydantic import BaseModel, ConfigDict, Field


class Asking(BaseModel):
    """How many requests go out, how patiently, and what they may cost.

    None of it expires an answer: it can be changed between two runs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    key_env: str | None = Field(None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """The name of the environment variable that holds the key; none is sent where this is unset.
    Never the key itself."""
    concurrency: int = Field(4, ge=1, le=256)
    """How many requests are under way at once."""
    max_per_minute: int | None = Field(None, ge=1)
    """How many requests begin in a minute at most, evenly spaced; as many as go when absent."""
    timeout: float = Field(60.0, gt=0, le=3600)
    """Seconds after which a request is given up, and tried again."""
    retries: int = Field(6, ge=0, le=100)
    """How often a request is tried again after a time-out, a broken connection, 429 or 5xx. Each
    wait is twice the one before, from half a second on, or what the server says."""
    max_answer_tokens: int = Field(400, ge=16)
    """Tokens of an answer at most; models that think before they answer need more."""
    price_in: float = Field(0.0, ge=0)
    """What a million tokens of what is asked cost, in the currency of `max_cost`."""
    price_out: float = Field(0.0, ge=0)
    """What a million tokens of answers cost."""
    max_cost: float | None = Field(None, ge=0)
    """The run stops before its first request where the estimate is higher, and later where the
    tokens that the server counts cost more; what was answered is kept."""
    allow_private: bool = False
    """Whether the host may be one of a private network. This machine may be asked in any case,
    where the address says so: `localhost`, `127.0.0.1`, `[::1]`."""

    def cost(self, tokens_in: float, tokens_out: float) -> float:
        """Return what some tokens cost."""
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1e6
