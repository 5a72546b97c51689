"""Hub models: a setting that can only name a model of the hub, or the path of one."""

from curator.errors import ModelError
from curator.models import read_name


def hub_model(model: str | None, kind: str) -> str | None:
    """Return the name as it is.

    Raises:
        ValueError: it names a model of another kind; `kind` says which one is wanted.
    """
    if model is None:
        return None
    try:
        named = read_name(model)
    except ModelError as error:
        raise ValueError(str(error)) from None
    if named.kind != "hub" or named.cascade:
        raise ValueError(f'"{model}" is no {kind}: write hub:<id or ./path>')
    return model
