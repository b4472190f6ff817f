"""No service starts before what it needs is there (facts: provider 9)."""

from collections.abc import Iterator

from dicom_cdk.payload import unpack
from dicom_cdk.payload.errors import PayloadError
from dicom_cdk.policy.document import Document
from dicom_cdk.policy.stack_rules.rule import ANY, Open, StackRule

BEFORE_SERVICE = ("database/schema", "storage/entries")
BEFORE_STEP = {
    "docker_host/boot": ("api_client/place",),
    "database/schema": ("docker_host/boot",),
    "storage/entries": ("docker_host/boot", "directory/verify"),
    "archive/up": ("docker_host/boot", "database/schema", "storage/entries"),
    "directory/enable": ("docker_host/boot", "directory/prepare"),
    "directory/verify": ("directory/enable",),
}
"""Step → steps that must have run before, where the stack has them."""


def steps(document: Document) -> dict[str, list[str]]:
    """Step, such as archive/up, → addresses of its invocations."""
    found: dict[str, list[str]] = {}
    for run in document.of("alicloud_ecs_invocation"):
        command = document.target(run.values.get("command_id"), "alicloud_ecs_command")
        content = command.values.get("command_content") if command else None
        if command is None or not isinstance(content, str) or "${" in content:
            continue
        try:
            payload = unpack.payload_of(command.address, "command_content", content)
        except PayloadError:
            continue
        if payload.room:
            found.setdefault(f"{payload.room}/{payload.entry}", []).append(run.address)
    return found


def judge(document: Document) -> Iterator[tuple[str, str]]:
    known = steps(document)
    for application in document.of("alicloud_sae_application"):
        before = document.behind(application.address)
        for step in BEFORE_SERVICE:
            if step in known and not before.intersection(known[step]):
                yield application.address, f"may start before step {step} has run"
        accounts = document.of("alicloud_db_account_privilege")
        if accounts and not before.intersection(one.address for one in accounts):
            yield application.address, "may start before the database account owns its database"
    for step, needed in BEFORE_STEP.items():
        for address in known.get(step, []):
            before = document.behind(address)
            for earlier in needed:
                if earlier in known and not before.intersection(known[earlier]):
                    yield address, f"step {step} may run before {earlier}"
    for function in document.of("alicloud_fcv3_function"):
        images = known.get("gateway/image")
        if images and not document.behind(function.address).intersection(images):
            yield function.address, "may be made before its image is built"


SCHEMA_STEP = "#!/bin/sh\n# dicom-cdk step database/schema\n<<'BUNDLE'\n{packed}\nBUNDLE\n"


def _example(*, depends: bool) -> dict[str, dict[str, dict[str, object]]]:
    import base64

    from dicom_cdk.payload.bundle import Bundle

    packed = base64.a85encode(Bundle.of("database", {"schema.sh": "#!/bin/sh\nset -eu\n"}).packed).decode()
    name = "app" if depends else "bad_app"
    return {
        "alicloud_ecs_command": {"schema": {"command_content": SCHEMA_STEP.replace("{packed}", packed)}},
        "alicloud_ecs_invocation": {"schema": {"command_id": "${alicloud_ecs_command.schema.id}"}},
        "alicloud_sae_application": {
            name: {"replicas": 2, "depends_on": ["alicloud_ecs_invocation.schema"] if depends else []}
        },
    }


APPLY_ORDER = StackRule(
    id="CKV2_DICOM_108",
    name="No service before its schema, no step before those it builds on",
    severity="HIGH",
    fix="hand the later room the earlier one's `ready` (depends_on the step's invocation)",
    types=("alicloud_sae_application", "alicloud_ecs_invocation", "alicloud_fcv3_function"),
    judge=judge,
    weighs={"alicloud_ecs_command": {"command_content": Open(worst=ANY, text=True)}},
    reads=("command_content",),
    failing=_example(depends=False),
    passing=_example(depends=True),
)
