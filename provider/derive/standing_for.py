"""The text that a value in a function stands for: names resolved to what they were declared as, the id and its parts known."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from provider.derive.golang import inside, part, text

TEXTS = ("interpreted_string_literal", "raw_string_literal")


def told(node: Node, ids: "set[str]") -> str:
    """The text that is set, a name resolved to what it was declared as; `id` and `id.N` for the id and its parts."""
    if node.type in TEXTS:
        return text(node)
    if node.type == "identifier" and text(node) not in ("true", "false", "nil"):
        return _declared_as(node)
    words = _bare(node)
    if words == "d.Id()":
        return "id"
    part_of = re.fullmatch(r"(\w+)\[([0-9]+)\]", words)
    return f"id.{part_of[2]}" if part_of and part_of[1] in ids else words


def _bare(node: Node) -> str:
    """A text without its layout."""
    return "".join(text(node).split())


def _declared_as(name: Node) -> str:
    """The text that a name stands for at this place; a text of its own where it was assigned more than once."""
    own, around = text(name), name.parent
    body = name
    while around is not None:
        body = around if around.type == "block" else body
        for one in around.named_children:
            if one.start_byte >= name.start_byte:
                break
            for declaration in [one, *(one.named_children if one.type == "statement_list" else [])]:
                if declaration.type == "short_var_declaration" and own in (
                    text(each) for each in part(declaration, "left").named_children
                ):
                    if _assigned(body, own):
                        return f"{own} at {name.start_byte}"
                    at = [text(each) for each in part(declaration, "left").named_children].index(own)
                    return f"{_bare(part(declaration, 'right'))} result {at}"
        around = around.parent
    return f"{own} at {name.start_byte}"


def _assigned(body: Node, name: str) -> bool:
    return any(
        one.type == "assignment_statement" and name in (text(each) for each in part(one, "left").named_children)
        for one in inside(body)
    )


def parts_of_id(body: Node) -> Iterator[Node]:
    """Names that hold the parts of the id."""
    for one in inside(body):
        if one.type == "short_var_declaration" and re.search(
            r"(ParseResourceId\w*|strings\.Split)\(d\.Id\(\)", text(part(one, "right"))
        ):
            yield part(one, "left").named_children[0]
