"""The offline providers for stacks: which are served, with which types, and where."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.stack import Stack

if TYPE_CHECKING:
    from dicom_cdk.offline.answers import Answers
    from dicom_cdk.offline.settling import Kept
    from dicom_cdk.offline.store import FactStore, Mode

Environment = Mapping[str, str | None]


@contextmanager
def served(
    stacks: list[Stack], known: "Answers", store: "FactStore", *, applies: bool, settled: "Kept | None" = None
) -> Iterator[Environment]:
    """Serves the types in use; gives the environment that leads Terraform to them.

    `settled`: what is planned is planned with all that an apply would leave, and what is kept beside it is put in here.
    """
    from dicom_cdk.offline.server import reattach, serving
    from dicom_cdk.offline.service import Service
    from dicom_cdk.offline.settling import Settling
    from dicom_cdk.offline.store import ADDRESSES

    modes: tuple[Mode, ...] = ("managed", "data")
    types = {mode: {name for stack in stacks for name in modules.types(stack)[mode]} for mode in modes}
    wanted = {name for stack in stacks for name in stack.document.get("terraform", {}).get("required_providers", {})}
    wanted |= {name.partition("_")[0] for mode in modes for name in types[mode]}
    wanted |= {name.partition("_")[0] for stack in stacks for name in stack.document.get("ephemeral") or {}}
    if any(stack.document.get("module") for stack in stacks):
        # What a module requires without using it is asked for all the same.
        wanted |= set(ADDRESSES)
    first = stacks[0].provider.get("region")
    region = first if isinstance(first, str) and "${" not in first else ""
    services = [
        Service(name, store, types, known, applies, region)
        if settled is None
        else Settling(name, store, types, known, applies, region, kept=settled)
        for name in ADDRESSES
        if name in wanted
    ]
    with ExitStack() as parts:
        found = parts.enter_context(serving(services))
        yield {"TF_REATTACH_PROVIDERS": reattach(found)}
