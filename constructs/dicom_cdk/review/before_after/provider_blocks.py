"""The provider blocks that a stack and its modules know, by the names they have there, and where each leads."""

from dataclasses import dataclass, field
from typing import Any

from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.reading.expressions import evaluated
from dicom_cdk.plan.reading.stated import Decided, stated
from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.before_after.provider_places import Json, places


@dataclass(frozen=True)
class Block:
    """A provider block by its name from the stack's root, and what says where it leads."""

    name: str
    place: Json = field(default_factory=dict)


Blocks = dict[str, dict[str, Block]]
"""Module's address, "" for the stack → its own name of a provider → the block that this is."""


def of_stack(stack: Stack) -> Blocks:
    """All of a stack. Raises NotAStack."""
    found: Blocks = {"": {name: Block(name, place) for name, place in places(stack.document).items()}}
    names = Decided(stated(stack.document))
    for call in modules.calls(stack):
        above = found.get(call.address.rpartition(".module.")[0] if ".module." in call.address else "", {})
        passed = call.arguments.get("providers")
        handed = {
            key: above.get(bare(value), Block(bare(value)))
            for key, value in (passed if isinstance(passed, dict) else {}).items()
        }
        inherited = {} if handed else {name: one for name, one in above.items() if "." not in name}
        given = evaluated(call.arguments, names) if call.address.count("module.") == 1 else {}
        own = places(module_files.document(call.folder), given) if call.folder is not None else {}
        found[call.address] = {
            **inherited, **handed, **{name: Block(f"{call.address}.{name}", place) for name, place in own.items()},
        }  # fmt: skip
    return found


def bare(reference: Any) -> str:
    """A reference to a provider block without `${…}`."""
    return str(reference).removeprefix("${").removesuffix("}")
