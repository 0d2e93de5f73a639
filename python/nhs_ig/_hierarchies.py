"""How callers say that categories nest, as pairs of parent and child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nhs_ig import _core
from nhs_ig._frames import column_names, only
from nhs_ig.errors import MisuseError


def as_plain(hierarchies: Mapping[str, Any] | None, table: Any) -> list[dict[str, Any]]:
    """Return every hierarchy as a dimension and its pairs.

    For each dimension: pairs ``(parent, child)``; a mapping of each child to its parent; the names of columns of the
    table, from the lowest level upwards; or a list of such, where areas overlap.
    """
    made = []
    for dimension, given in (hierarchies or {}).items():
        several = (
            isinstance(given, (list, tuple)) and given and not _is_tree(given) and all(map(_is_tree, given))
        )
        trees = list(given) if several else [given]
        made += [{"dimension": dimension, "pairs": _pairs(tree, dimension, table)} for tree in trees]
    return made


def as_plain_of(hierarchies: Mapping[str, Any] | None, tables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every hierarchy for several tables; names of columns are looked up in the first table that has them."""
    made = []
    for dimension, given in (hierarchies or {}).items():
        names = {dimension, *_texts(given)}
        frames = list(tables.values())
        table = next(
            (frame for frame in frames if names <= set(column_names(frame))), frames[0] if frames else {}
        )
        made += as_plain({dimension: given}, table)
    return made


def _texts(given: Any) -> list[str]:
    """Return the names of columns among hierarchies; pairs stand in tuples or mappings and are none."""
    if isinstance(given, (list, tuple)) and given and _all_text(given):
        return list(given)
    if isinstance(given, (list, tuple)):
        return [name for one in given if isinstance(one, list) and one and _all_text(one) for name in one]
    return []


def _is_tree(given: Any) -> bool:
    """Say whether this is a hierarchy of its own and not one pair or one column of one."""
    if isinstance(given, Mapping):
        return True
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        return False
    return _all_text(given) or all(_is_pair(item) for item in given)


def _is_pair(item: Any) -> bool:
    # A tuple: lists of two texts are the columns of one of several hierarchies.
    return isinstance(item, tuple) and len(item) == 2 and _all_text(item)  # noqa: PLR2004 - a pair


def _all_text(items: Any) -> bool:
    return all(isinstance(item, str) for item in items)


def _pairs(tree: Any, dimension: str, table: Any) -> list[tuple[str, str]]:
    if isinstance(tree, Mapping):
        pairs = [(parent, child) for child, parent in tree.items()]
        if _all_text(part for pair in pairs for part in pair):
            return pairs
    elif isinstance(tree, (list, tuple)) and tree and _all_text(tree):
        columns = only(table, [dimension, *tree])
        return _core.hierarchy_of_columns(columns, dimension, list(tree))
    elif isinstance(tree, (list, tuple)) and tree and all(_is_pair(pair) for pair in tree):
        return [(parent, child) for parent, child in tree]
    expected = "pairs (parent, child) of text, a mapping of child to parent, or names of columns"
    message = f"hierarchies of {dimension}: expected {expected}"
    raise MisuseError(message, "misuse.argument", {"name": "hierarchies", "expected": expected})
