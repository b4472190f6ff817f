"""`dicom-cdk answers`: a file of canned answers to fill in, one entry for every data source of some stacks."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dicom_cdk.markdown import as_line
from dicom_cdk.offline.answer_values import Reads, fitting
from dicom_cdk.offline.answers import REMOTE_STATE
from dicom_cdk.offline.companions.companion import companion
from dicom_cdk.offline.store import TypeFacts, shipped_store
from dicom_cdk.plan.answers.reads import reads
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.modules.stack_files import warn_of_unseen
from dicom_cdk.plan.redaction.secret_values import clean, hidden
from dicom_cdk.plan.stack import NotAStack, Stack, hand_out
from dicom_cdk.plan.state.remote import made_up

Json = dict[str, Any]
HEAD = (
    "# Made-up answers that fit the provider's schema: put in what the cloud would say, where the plan depends on it.\n"
)
ANY_NAME = r"[\w-]+"
ACCOUNTS = ("alicloud_account", "alicloud_caller_identity")
ACCOUNT = "1234567890123456"
"""Their id is the account's number, which policies and routers check."""
INSTANCE_TYPES = ("alicloud_instance_types",)
"""Their ids are sizes of instances, which begin with ecs."""
OK = 0


def run(folders: Sequence[Path], *, output: Path | None) -> int:
    """Write the skeleton. Raises NotAStack and CannotWrite."""
    if not folders:
        raise NotAStack("cdktf.out/stacks: no stack there; synthesize first, or name a stack's folder by --stack-dir")
    stacks = [Stack.read(folder) for folder in folders]
    hand_out(skeleton(stacks), output)
    warn_of_unseen(stacks)
    return OK


def skeleton(stacks: Sequence[Stack]) -> str:
    """One line a type: entries with what is literal in the configuration as `match`, and made-up values."""
    found: dict[str, list[Json]] = {}
    for stack in stacks:
        for kind, entry in _entries(stack):
            if entry not in found.setdefault(kind, []):
                found[kind].append(entry)
    lines = [
        # Entries that ask for more come first: the first one that fits answers.
        f"{kind}: {as_line(sorted(entries, key=lambda one: -len(one.get('match', {}))))}\n"
        for kind, entries in sorted(found.items())
    ]
    return HEAD + ("".join(lines) or "{}\n")


def _entries(stack: Stack) -> Iterator[tuple[str, Json]]:
    inside = [module_files.document(folder) for folder in modules.folders(stack)]
    text = json.dumps(stack.document)
    asked = reads(stack, json.dumps([stack.document, inside]))
    for kind, named in sorted(stack.document.get("data", {}).items()):
        if kind == REMOTE_STATE:
            yield from ((kind, made_up(name, text)) for name in sorted(named))
            continue
        facts = _asked(kind)
        for name, body in sorted(named.items()) if facts else ():
            given = {key: value for key, value in (body if isinstance(body, dict) else {}).items() if _literal(value)}
            attributes, secret = facts.schema["block"].get("attributes", {}), hidden(kind, "data")  # type: ignore[union-attr]
            # A secret is not written down a second time: the entry answers without it.
            match = {
                key: value
                for key, value in given.items()
                if key in attributes and clean({key: value}, secret) == {key: value}
            }
            sized = replace(asked, sizes=_sizes(kind, re.escape(name), text))
            values = _fitting(kind, facts, match, sized)  # type: ignore[arg-type]
            yield kind, {**({"match": match} if match else {}), "values": values}
    yield from _of_modules(stack, inside, asked)


def _of_modules(stack: Stack, inside: Sequence[Json], asked: Reads) -> Iterator[tuple[str, Json]]:
    """Data sources of local modules and of `check` blocks: one entry a type, which answers whatever is asked."""
    text = json.dumps(inside)
    there = {kind for one in inside for kind in one.get("data") or {}}
    for kind in sorted(there | (modules.types(stack)["data"] - set(stack.document.get("data", {})))):
        facts = _asked(kind)
        if facts is not None and kind != REMOTE_STATE:
            yield kind, {"values": _fitting(kind, facts, {}, replace(asked, sizes=_sizes(kind, ANY_NAME, text)))}


def _fitting(kind: str, facts: TypeFacts, given: Json, asked: Reads) -> Json:
    values = fitting(facts.schema["block"], given, asked, kind)
    if kind in INSTANCE_TYPES:
        values = json.loads(json.dumps(values).replace('"made-up-id', '"ecs.made-up-id'))
    return {**values, "id": ACCOUNT} if kind in ACCOUNTS else values


def _asked(kind: str) -> TypeFacts | None:
    """A data source that has to be answered."""
    facts = shipped_store().find("data", kind)
    return None if facts is None or (facts.provider != "alicloud" and companion(facts).read({}) is not None) else facts


def _literal(value: Any) -> bool:
    return value not in (None, [], {}) and "${" not in json.dumps(value)


def _sizes(kind: str, name: str, text: str) -> dict[str, int]:
    """Attribute to how many elements are read of it in `text`. `name`: a pattern."""
    found: dict[str, int] = {}
    for attribute, at in re.findall(rf"data\.{kind}\.{name}(?:\[[^\]]*\])?\.(\w+)(?:\[|\.)(\d+)", text):
        found[attribute] = max(found.get(attribute, 1), int(at) + 1)
    return found
