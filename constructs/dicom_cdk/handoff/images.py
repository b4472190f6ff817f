"""Every container image that a stack names, as a CycloneDX bill of materials: references only, the layers are in the registry."""

import re
from dataclasses import dataclass
from typing import Any

from dicom_cdk.payload import readable
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.stack import Stack, texts_in
from dicom_cdk.policy.document import Document

Json = dict[str, Any]
_REFERENCE = re.compile(
    r"(?<![\w./-])(?P<host>(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?)/(?P<path>[a-z0-9._-]+(?:/[a-z0-9._-]+)*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


@dataclass(frozen=True, order=True)
class Image:
    """One reference. `upstream`: what a subscription rule copies into it, "" where none does."""

    host: str
    path: str
    tag: str
    digest: str = ""
    upstream: str = ""

    def __str__(self) -> str:
        return f"{self.host}/{self.path}:{self.tag}{'@' + self.digest if self.digest else ''}"


def images(document: Document, stack: Stack) -> list[Image]:
    """In order, each once; from arguments and from the files inside payloads."""
    texts = [text for one in document.resources.values() for text in texts_in(one.values)]
    texts += readable.files(module_resources.carriers(stack)).values()
    upstream = {
        f"{rule.get('namespace_name')}/{rule.get('repo_name')}": (
            f"docker.io/{rule.get('source_namespace_name')}/{rule.get('source_repo_name')}"
        )
        for rule in document.of("alicloud_cr_artifact_subscription_rule")
        if rule.get("source_provider") == "DOCKER_HUB"
    }
    found = set()
    for text in texts:
        for match in _REFERENCE.finditer(text):
            source = upstream.get(match["path"], "")
            # Our own build carries its base's tag and more: no rule copies that one.
            copied = source and not re.search(r"-dicom-[0-9a-f]{12}$", match["tag"])
            found.add(
                Image(
                    match["host"],
                    match["path"],
                    match["tag"],
                    match["digest"] or "",
                    f"{source}:{match['tag']}" if copied else "",
                )
            )
    return sorted(found)


def cyclonedx(name: str, found: list[Image]) -> Json:
    """The bill as CycloneDX 1.6, without serial number and time: the same stack gives the same bytes."""
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": name, "bom-ref": name}},
        "components": [_component(image) for image in found],
    }


def _component(image: Image) -> Json:
    namespace, _, name = image.path.rpartition("/")
    purl = f"pkg:docker/{namespace + '/' if namespace else ''}{name}@{image.tag}?repository_url={image.host}"
    component: Json = {
        "type": "container",
        "bom-ref": str(image),
        "name": image.path,
        "version": image.tag,
        "purl": purl,
    }
    if image.digest:
        component["hashes"] = [{"alg": "SHA-256", "content": image.digest.partition(":")[2]}]
    if image.upstream:
        component["properties"] = [{"name": "dicom-cdk:upstream", "value": image.upstream}]
    return component
