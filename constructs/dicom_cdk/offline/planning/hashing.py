"""The identity of an element of a set: two elements with one key are the same element."""

from dicom_cdk.offline.fields import ZERO_TEXT, Field, Kind
from dicom_cdk.offline.planning.texts import Tree, is_unknown, unknown_text

_UNKNOWN_MARK = "~"


def element_key(field: Field, element: Tree) -> str:
    """The key of one element of the set `field`; a mark sets apart an element that holds something unknown."""
    rule = field.set_hash
    if field.fields is None:
        assert field.elem is not None
        key = _canonical(field.elem, element)
    elif not element:
        key = ""  # an element that says nothing is none of empty values
    elif rule is not None and rule["keys"] != "element":
        key = rule["join"].join(_plain(field.fields[name], element.get(name)) for name in rule["keys"])
    else:
        key = _block(field.fields, element)
    return _UNKNOWN_MARK + key if _any_unknown(element) else key


def keyed(field: Field, elements: list[Tree]) -> dict[str, Tree]:
    """The elements of a set under their keys; of two with one key the first stays."""
    found: dict[str, Tree] = {}
    for element in elements:
        found.setdefault(element_key(field, element), element)
    return found


def _plain(field: Field, tree: Tree) -> str:
    if is_unknown(tree):
        return unknown_text(field.kind)
    return ZERO_TEXT[field.kind] if tree is None else str(tree)


def _block(fields: dict[str, Field], element: Tree) -> str:
    parts = []
    for name, field in fields.items():
        if field.optional or field.required:
            parts.append(f"{name}:{_canonical(field, element.get(name))};")
    return "<" + "".join(parts) + ">"


def _canonical(field: Field, tree: Tree) -> str:
    if field.plain:
        return _plain(field, tree)
    if is_unknown(tree):
        return unknown_text(Kind.STRING)
    if field.kind is Kind.MAP:
        return "[" + "".join(f"{key}:{tree[key]};" for key in sorted(tree or {})) + "]"
    if field.kind is Kind.SET:
        return "{" + "".join(f"{key};" for key in sorted(tree or {})) + "}"
    if field.fields is not None:
        return "(" + "".join(_block(field.fields, element) for element in tree or []) + ")"
    assert field.elem is not None
    return "(" + "".join(f"{_canonical(field.elem, element)};" for element in tree or []) + ")"


def _any_unknown(tree: Tree) -> bool:
    if isinstance(tree, dict):
        return any(_any_unknown(part) for part in tree.values())
    if isinstance(tree, list):
        return any(_any_unknown(part) for part in tree)
    return is_unknown(tree)
