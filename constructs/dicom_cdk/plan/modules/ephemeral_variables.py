"""Which variables of a plan are ephemeral: plan JSON does not say, and shows what they hold."""

from typing import Any

from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.stack import Stack, block

Json = dict[str, Any]


def told(plan: Json, stack: Stack) -> Json:
    """The plan with `ephemeral` at the variables that are, in the configuration of the stack and of its local modules."""
    root = plan.get("configuration", {}).get("root_module", {})
    _mark(root, stack.document)
    for call in modules.calls(stack):
        inner = root
        for name in call.address.removeprefix("module.").split(".module."):
            inner = inner.get("module_calls", {}).get(name, {}).get("module", {})
        if call.folder is not None:
            _mark(inner, module_files.document(call.folder))
    return plan


def _mark(module: Json, document: Json) -> None:
    for name, body in (document.get("variable") or {}).items():
        if block(body).get("ephemeral") and name in module.get("variables", {}):
            module["variables"][name]["ephemeral"] = True
