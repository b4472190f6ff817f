"""What no call can tell: said with how to find out. Read off the stack, and off the certificates that Terraform will get."""

import datetime
import os
from collections.abc import Iterator

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Target, look
from dicom_cdk.preflight.checks import certificate


def findings(target: Target, *, deployer: bool = False) -> Iterator[Finding]:
    """In the order in which they take time. `deployer`: its permissions are asked for elsewhere."""
    document = target.document
    if not deployer and any(kind.startswith("alicloud_") for kind in target.stack.types()["managed"]):
        yield look(
            "permissions",
            "no call tells which actions another key lacks: RAM simulates nothing",
            "attach the deployer's policies of `dicom-cdk handoff` (iam/), or ask with its key and --deployer",
        )
    for domain in document.of("alicloud_fcv3_custom_domain"):
        name = target.word(domain, "custom_domain_name")
        if not document.of("alicloud_alidns_record"):
            yield look(
                f"CNAME of {name}",
                "made by hand, before the custom domain",
                "point it at the function's domain at your DNS",
            )
    for pair in certificate.pairs(target):
        yield from certificate.findings(pair, os.environ, datetime.datetime.now(datetime.UTC))
    for registry in document.of("alicloud_cr_ee_instance"):
        if registry.get("payment_type") == "Subscription":
            yield look(
                "payment",
                f"{registry.address} is bought for months",
                "have a payment method and balance for subscriptions",
            )
    if document.of("alicloud_cr_ee_repo") and not document.of("alicloud_cr_artifact_subscription_rule"):
        yield look(
            "container images",
            "nothing copies them into the registry",
            "push them once the registry is there (docs/hosts.md)",
        )
    for contact in document.of("alicloud_cms_alarm_contact"):
        yield look(
            "alarms", f"mail to {contact.get('channels_mail')}", "confirm the vendor's mail after the first apply"
        )
    if "local" in target.stack.document.get("terraform", {}).get("backend", {}):
        yield look("state", "a local file with secrets in it", "set state: {backend: oss} for more than one person")
