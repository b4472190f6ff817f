"""The two sides of a review: resources by address, and which address came from which.

Over 200 lines: one pair of stacks, whose addresses every verdict of a review asks for.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from dicom_cdk.payload.readable import Carrier
from dicom_cdk.plan.addresses import kind, plain, steps_of
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.modules import stack_files
from dicom_cdk.plan.modules.called import calls
from dicom_cdk.plan.reading.repeated import REPEATED
from dicom_cdk.plan.reading.stated import stated
from dicom_cdk.plan.stack import Stack, lifecycle
from dicom_cdk.plan.state import chains
from dicom_cdk.plan.state import operations as state_operations
from dicom_cdk.policy.document import Document, of_stack
from dicom_cdk.review.before_after import provider_blocks, renames

Json = dict[str, Any]
PREVENT = "prevent_destroy"
_IN_MODULES = re.compile(r"(?<![\w.-])(?:module\.[\w-]+\.)*[a-z][a-z0-9]*_[a-z0-9_]+\.[A-Za-z0-9_-]+")
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
    def blocks(self) -> Json:
        """What the stack after the change says of the state, its local modules too."""
        return state_operations.of_stack(self.after) if self.after else {}

    @cached_property
    def moved(self) -> dict[str, str]:
        """New → old address, without indexes, as the stack after the change declares it."""
        return chains.came_from(self.blocks, self.old)

    @cached_property
    def ways(self) -> dict[str, list[str]]:
        """Old → its new addresses, without indexes, of what moves, declared or not."""
        suggested = {old: [new] for old, new in self.suggested.items()}
        return {**suggested, **chains.ways(self.blocks, self.old)}

    @cached_property
    def suggested(self) -> dict[str, str]:
        """Old → new address of renames that nobody declared."""
        leaving = {plain(one) for one in state_operations.removed(self.blocks)}
        homes = tuple(f"{one}." for one in leaving if not kind(one))
        # What a `moved` names is told, also where it leads nowhere: Terraform says why.
        named = {plain(str(one.get("from", ""))) for one in self.blocks.get("moved", ())}
        told = {*chains.ways(self.blocks, self.old), *leaving, *named}
        told |= {one for one in self.old if one.startswith(homes)}
        taken = {*self.moved, *state_operations.imported(self.blocks)}
        return renames.suggested(
            {one: body for one, body in self.old.items() if one not in self.new and one not in told},
            {one: body for one, body in self.new.items() if one not in self.old and one not in taken},
        )

    @cached_property
    def came_from(self) -> Mapping[str, str]:
        """New → old address, without indexes."""
        return {**self.moved, **{new: old for old, new in self.suggested.items()}}

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """Old → new address, without indexes, of what gives up its old one: of what keeps that, only instances went."""
        steps = [one for one in self.blocks.get("moved", ()) if not str(one.get("from")).endswith("]")]
        whole = chains.came_from({"moved": steps}, self.old)
        return {old: new for new, old in self.came_from.items() if old not in self.new or whole.get(new) == old}

    @cached_property
    def instances(self) -> Mapping[str, str]:
        """Where single instances went, by the address that each has once its resource is under its new one."""
        found: dict[str, str] = {}
        for old, new in chains.moved(self.blocks).items():
            if not steps_of(old) or not steps_of(new):
                # No address at all: Terraform says so.
                continue
            index = steps_of(old)[-1].removeprefix(plain(steps_of(old)[-1]))
            if index or steps_of(new)[-1] != plain(steps_of(new)[-1]):
                resource = old.removesuffix(index)
                found[self.renamed.get(resource, resource) + index] = new
        for address, body in self.new.items():
            was = self.was(address)
            if was is not None and "count" in body and not {"count", "for_each"} & was.keys():
                found.setdefault(address, f"{address}[0]")
            elif was is not None and "count" in was and not {"count", "for_each"} & body.keys():
                found.setdefault(f"{address}[0]", address)
        # Of several that become instances of one, the document before can hold but one under that name.
        for old, ends in self.ways.items():
            if old not in self.renamed and old not in self.new:
                found.setdefault(old, ends[-1])
        return found

    @cached_property
    def aligned(self) -> Stack | None:
        """The stack before, with everything that is moved under its new address already: what is left differs in substance."""
        to = {old: new for old, new in self.renamed.items() if old.count(".") == new.count(".") == 1}
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

    @cached_property
    def documents(self) -> tuple[Document | None, Document | None]:
        """What policies judge on both sides, by the addresses of after; None for no stack or an empty one."""
        inside = {old: new for old, new in self.renamed.items() if not old.count(".") == new.count(".") == 1}
        before, after = _document(self.aligned), _document(self.after)
        if before is None or after is None or not (inside or self._calls_move):
            return before, after
        # Instances of modules that move: both sides are judged as they are written, or all were told as gone and as new.
        before = _readdressed(before, inside) if inside else before
        return replace(before, by_call=None), replace(after, by_call=None)

    @property
    def _calls_move(self) -> bool:
        """Whether instances of a call get other addresses, by `moved` or since the call is repeated in another way."""
        before, after = (
            {one.address: [key for key in REPEATED if key in one.arguments] for one in calls(stack)} if stack else {}
            for stack in (self.before, self.after)
        )
        changed = any(before[address] != after[address] for address in before.keys() & after.keys())
        return changed or any("module." in f"{old} {new}" for old, new in chains.moved(self.blocks).items())

    @cached_property
    def provider_blocks(self) -> tuple[provider_blocks.Blocks, provider_blocks.Blocks]:
        """Of both sides, by the module that knows them."""
        before, after = (provider_blocks.of_stack(one) if one else {} for one in (self.before, self.after))
        return before, after

    @cached_property
    def carriers(self) -> tuple[list[Carrier], list[Carrier]]:
        """Arguments of both sides, for what they carry, by the addresses of after."""
        before: list[Carrier] = [
            (self.renamed.get(address, address), kind(address), body) for address, body in self.old.items()
        ]
        return before, [(address, kind(address), body) for address, body in self.new.items()]

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


def resources(stack: Stack | None, *, decided: bool = False) -> dict[str, Json]:
    """Arguments of every managed resource by address, those of local modules too, as the stack writes them. Raises NotAStack.

    `decided`: with the values that variables and locals stand for, as far as the files say them; else these stay references.
    """
    if stack is None:
        return {}
    return {
        one.address: body
        for one in module_resources.resources(stack, stated=stated(stack.document) if decided else None)
        if isinstance(body := one.body[0] if isinstance(one.body, list) and len(one.body) == 1 else one.body, dict)
    }


def same(before: Stack, after: Stack) -> bool:
    """Whether nothing changes: neither the document nor a file of a local module or beside the stack."""
    return (
        before.document == after.document
        and stack_files.contents(before) == stack_files.contents(after)
        and stack_files.beside(before) == stack_files.beside(after)
    )


def prevented(body: Json) -> bool:
    """Whether the resource's lifecycle has prevent_destroy."""
    return bool(lifecycle(body).get(PREVENT))


def _document(stack: Stack | None) -> Document | None:
    return of_stack(stack) if stack is not None and resources(stack) else None


def _readdressed(document: Document, to: Mapping[str, str]) -> Document:
    """With resources of modules, or that went into one, under their new addresses."""

    def renamed(text: str) -> str:
        return _IN_MODULES.sub(lambda found: to.get(found[0], found[0]), text)

    resources = {}
    for address, one in document.resources.items():
        new = to.get(address, address)
        values = json.loads(renamed(json.dumps(one.values, ensure_ascii=False)))
        resources[new] = replace(one, address=new, type=kind(new), name=new.rpartition(".")[2], values=values)
    return replace(document, resources=resources)
