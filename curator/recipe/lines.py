"""Lines: where in its file a recipe says something."""

from collections.abc import Sequence

import yaml


def line_of(text: str, location: Sequence[int | str]) -> int | None:
    """Return the line of a setting, or of the innermost thing around it that is written down."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    line = None
    for step in location:
        found = _inside(node, step)
        if found is None:
            break
        line, node = found
    return line


def _inside(node: yaml.Node | None, step: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        value = node.value[step]
        return value.start_mark.line + 1, value
    return None
