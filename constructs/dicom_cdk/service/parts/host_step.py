"""A host step: one script of one bundle, run on one host by Cloud Assistant, waited for (facts: provider 3.2, 9).

The only general gate that Terraform has: the invocation ends well exactly when the script does. The command is static text and its
name carries a hash of it, so an edited asset makes new commands exactly where the bundle is used; runtime values travel as a
parameter, and a changed value makes a new invocation of the same command. The vendor forgets invocations after 30 days; the plan
then wants them again, and scripts are harmless when run again.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cdktf import Fn, ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.ecs_command import EcsCommand
from cdktf_cdktf_provider_alicloud.ecs_invocation import EcsInvocation, EcsInvocationTimeouts
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.command import PARAMETER, Command

WAIT_MARGIN_SECONDS = 300
"""Terraform waits this much longer than the command may run: it waits while the script goes on otherwise, and loses its result."""


class StepHost(Protocol):
    """What a step needs to know of its host."""

    host_name: str
    """Name in command names, plain text."""
    instance_id: str
    """Reference to the instance's id."""
    steps_after: Sequence[ITerraformDependable]
    """What every step on this host waits for."""


class HostStep(Construct):
    """Runs ``<entry>.sh`` of `bundle` on `host` with `values`, after `after`; `ready` is done when the script is."""

    ready: EcsInvocation

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        host: StepHost,
        bundle: Bundle,
        entry: str,
        values: Mapping[str, object] | None = None,
        timeout_seconds: int = 900,
        after: Sequence[ITerraformDependable] = (),
        sized_as: Mapping[str, object] | None = None,
    ) -> None:
        """`values`: strings, numbers, flat lists and maps, references allowed, never secrets. `sized_as`: those of them whose
        length is known although they are references.

        Raises TooLargeError, SecretInTextError, MissingTemplateError (see payload).
        """
        super().__init__(scope, id)
        command = Command(bundle, entry, timeout_seconds)
        given = dict(sorted((values or {}).items()))
        command.check(given, sized_as)
        script = EcsCommand(
            self,
            "command",
            name=f"{host.host_name[:60]}-{bundle.room}-{entry}-{command.hash12}",
            description=f"DICOM service: {entry} of {bundle.room} on {host.host_name}",
            type="RunShellScript",
            command_content=command.content,
            enable_parameter=True,
            timeout=timeout_seconds,
            working_dir="/root",
            # The new one first: the old one is still named by an invocation. On the invocation itself this would spread to all
            # it waits for, down to the instance, whose fixed address can be held only once.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.ready = EcsInvocation(
            self,
            "run",
            command_id=script.id,
            instance_id=[host.instance_id],
            parameters={PARAMETER: Fn.jsonencode(given)},
            timeouts=EcsInvocationTimeouts(create=f"{-(-(timeout_seconds + WAIT_MARGIN_SECONDS) // 60)}m"),
            depends_on=[*host.steps_after, *after] or None,
        )
