"""Every error a user can cause.

CuratorError
├── InputError        a file, row or field that cannot be read
│   ├── RowError      one row that cannot be represented as a record (it is quarantined)
│   └── ShapeError    no shape fits the data, or the named one does not
├── CarryError        a record that the target shape cannot carry (it is left out)
├── RecipeError       a recipe that does not say what it should
├── RunError          a run directory that is missing, locked, damaged or does not add up
├── ModelError       a model that is unknown, missing or not what its card says
├── FilterError       a filter that failed while it measured records
└── MissingExtraError an optional dependency that is not installed
"""


class CuratorError(Exception):
    """A mistake the user can mend; its text says what, where and what to do."""


class InputError(CuratorError):
    """A file, row or field cannot be read."""


class RowError(InputError):
    """One row cannot be represented as a record; `field` is the path inside the row."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f'field "{field}" {reason}' if field else reason)
        self.field = field
        self.reason = reason


class ShapeError(InputError):
    """No shape fits the data, or the named shape does not."""


class CarryError(CuratorError):
    """The target shape cannot carry this record."""


class RecipeError(CuratorError):
    """The recipe does not say what it should."""


class RunError(CuratorError):
    """A run directory is missing, locked, damaged or does not add up."""


class ModelError(CuratorError):
    """A model is unknown, its file is missing, or it is not what its card says."""


class FilterError(CuratorError):
    """A filter failed while it measured records."""


class MissingExtraError(CuratorError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package {package}, which is not installed: "
            f'run `pip install "instruct-curator[{extra}]"`'
        )
