"""The two sides of a review: resources by address, and which address came from which."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dicom_cdk.plan import module_resources, modules, state_operations
from dicom_cdk.plan.addresses import kind, plain
from dicom_cdk.plan.stack import Stack, lifecycle
from dicom_cdk.policy.document import Document, of_stack
from dicom_cdk.review import renames

Json = dict[str, Any]
PREVENT = "prevent_destroy"
_ADDRESS = re.compile(r"(?<![\w.-])[a-z][a-z0-9]*_[a-z0-9_]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Sides:
    """A stack before and after; None on the side that lacks it."""

    before: Stack | None
    after: Stack | None

    @cached_property
    def old(self) -> dict[str, Json]:
        return resources(self.before)

    @cached_property
    def new(self) -> dict[str, Json]:
        return resources(self.after)

    @cached_property
    def moved(self) -> dict[str, str]:
        """Old → last address as the stack after the change declares it; what is in a moved module goes with it."""
        declared = state_operations.moved(self.after.document) if self.after else {}
        homes = {plain(old): plain(new) for old, new in declared.items() if not kind(old)}
        inside = {
            address: new + address.removeprefix(old)
            for address in self.old
            for old, new in homes.items()
            if address.startswith(f"{old}.")
        }
        return {**inside, **{old: new for old, new in declared.items() if kind(old)}}

    @cached_property
    def suggested(self) -> dict[str, str]:
        """Old → new address of renames that nobody declared."""
        leaving = state_operations.removed(self.after.document) if self.after else set()
        homes = tuple(f"{plain(one)}." for one in leaving if not kind(one))
        told = {plain(one) for one in (*self.moved, *leaving)} | {one for one in self.old if one.startswith(homes)}
        taken = {plain(one) for one in self.moved.values()}
        if self.after:
            taken |= state_operations.imported(self.after.document)
        return renames.suggested(
            {one: body for one, body in self.old.items() if one not in self.new and one not in told},
            {one: body for one, body in self.new.items() if one not in self.old and one not in taken},
        )

    @cached_property
    def came_from(self) -> Mapping[str, str]:
        """New → old address, without indexes."""
        moves = {**self.moved, **self.suggested}
        return {plain(new): plain(old) for old, new in moves.items() if plain(old) in self.old}

    @cached_property
    def aligned(self) -> Stack | None:
        """The stack before, with everything that is moved under its new address already: what is left differs in substance."""
        to = {old: new for new, old in self.came_from.items() if old.count(".") == new.count(".") == 1}
        if self.before is None or not to:
            return self.before
        document = json.loads(
            _ADDRESS.sub(lambda found: to.get(found[0], found[0]), json.dumps(self.before.document, ensure_ascii=False))
        )
        named = document["resource"]
        # All leave before any arrives: two may take each other's place.
        leaving = {new: named[type_].pop(name) for old, new in to.items() for type_, _, name in [old.partition(".")]}
        for new, body in leaving.items():
            type_, _, name = new.partition(".")
            named.setdefault(type_, {})[name] = body
        return Stack(self.before.folder, document)

    def was(self, address: str) -> Json | None:
        """What was written of a resource of the new side."""
        name = plain(address)
        return self.old.get(self.came_from.get(name, name))

    def room(self, address: str) -> str:
        """Of either side; "" where the stack says none."""
        for stack in (self.after, self.before):
            path = stack.paths.get(plain(address), "") if stack else ""
            if "/" in path:
                return path.partition("/")[0]
        return ""


def resources(stack: Stack | None) -> dict[str, Json]:
    """Arguments of every managed resource by address, those of local modules too, as the stack writes them. Raises NotAStack."""
    if stack is None:
        return {}
    return {
        one.address: body
        for one in module_resources.resources(stack)
        if isinstance(body := one.body[0] if isinstance(one.body, list) and len(one.body) == 1 else one.body, dict)
    }


def same(before: Stack, after: Stack) -> bool:
    """Whether nothing changes: neither the document nor a file of a local module."""
    return before.document == after.document and modules.contents(before) == modules.contents(after)


def prevented(body: Json) -> bool:
    """Whether the resource's lifecycle has prevent_destroy."""
    return bool(lifecycle(body).get(PREVENT))


def document_of(stack: Stack | None) -> Document | None:
    """What policies judge; None for no stack or an empty one."""
    return of_stack(stack) if stack is not None and resources(stack) else None
