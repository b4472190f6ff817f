"""Synthesis: settings of sites in, one folder of Terraform JSON out, or nothing at all.

Everything is synthesized into a scratch folder first and then moved file by file, so an interrupted or refused run leaves an
earlier result whole, and Terraform's own files beside it (.terraform, its lock file) stay.
"""

import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dicom_cdk import interrupts, node
from dicom_cdk.quick_bindings import quick_bindings
from dicom_cdk.settings.site import SiteSettings

if TYPE_CHECKING:
    from cdktf import App, TerraformStack

STACK_FILE = "cdk.tf.json"
BATCH = 25
"""Sites in one Node process, which keeps every construct as long as it lives: memory stays flat over any number of sites."""


@dataclass(frozen=True)
class Stack:
    """One synthesized stack: its name, its file, how many resources it declares."""

    name: str
    file: Path
    resources: int


def synthesize(sites: Sequence[SiteSettings], out: Path, report: Callable[[str], None] | None = None) -> list[Stack]:
    """Write ``out/stacks/<stack>/cdk.tf.json`` for every site and ``out/manifest.json``; stacks of gone sites are removed.

    `report` is called with one line of progress a site. Raises node.NodeMissing, payload errors and settings errors before
    anything is written.
    """
    report = report or (lambda _: None)
    node.choose()
    with tempfile.TemporaryDirectory(prefix="dicom-cdk-") as scratch:
        batches = [(sites[start : start + BATCH], Path(scratch) / str(start)) for start in range(0, len(sites), BATCH)]
        if len(batches) > 1:
            manifests = _synthesize_apart(batches, report)
        else:
            manifests = [_synthesize_batch(*batch, report) for batch in batches]
        stacks = {name: stack for part in manifests for name, stack in part["stacks"].items()}
        manifest = {"version": manifests[0]["version"] if manifests else "", "stacks": stacks}
        return _publish(Path(scratch), manifest, out)


@quick_bindings()
def synthesize_drill(
    site: SiteSettings, out: Path, *, restore_time: str | None = None, elsewhere: bool = False
) -> Stack:
    """Write the restore drill of `site` to ``out/stacks/<site>-drill/cdk.tf.json``, with `elsewhere` that in the other region,
    which has no `restore_time`, to ``<site>-drill-recovery``; the site's own stack is not looked at.

    Raises node.NodeMissing and DrillError before anything is written.
    """
    node.start()
    from cdktf import App

    from dicom_cdk.service.drill.here import DrillHere
    from dicom_cdk.service.drill.there import DrillThere
    from dicom_cdk.service.session import write

    with tempfile.TemporaryDirectory(prefix="dicom-cdk-") as scratch:
        folder = Path(scratch) / "0"
        folder.mkdir()
        app = App(outdir=str(folder))
        drill = DrillThere(app, site) if elsewhere else DrillHere(app, site, restore_time=restore_time)
        write(app, [drill], folder)
        (stack,) = _publish(Path(scratch), json.loads((folder / "manifest.json").read_text()), out)
    return stack


def synth_app(app: "App") -> list[Stack]:
    """Synthesize a CDKTF app of your own, in place of ``app.synth()``: readable addresses in our stacks, sorted JSON.

    Stacks of other classes are left as cdktf writes them. Raises ValueError for two constructs of one of our stacks that would
    get the same address: ids must not hold an underscore.
    """
    from dicom_cdk.service.bootstrap import BootstrapStack
    from dicom_cdk.service.names import refuse_clashes, with_readable_names
    from dicom_cdk.service.stack import DicomStack

    app.synth()
    manifest = json.loads((Path(app.outdir) / "manifest.json").read_text())["stacks"]
    ours = {one.node.id: one for one in app.node.find_all() if isinstance(one, DicomStack | BootstrapStack)}
    stacks = []
    for name, entry in sorted(manifest.items()):
        file = Path(app.outdir) / entry["synthesizedStackPath"]
        stack = json.loads(file.read_text())
        if name in ours:
            refuse_clashes(name, stack)
            stack = json.loads(with_readable_names(file.read_text(), stack))
            _replace(file, _written(stack))
        stacks.append(Stack(name, file, _count(stack)))
    return stacks


def _synthesize_apart(
    batches: Sequence[tuple[Sequence[SiteSettings], Path]], report: Callable[[str], None]
) -> list[dict[str, Any]]:
    """The first batch here and each other one in a process of its own, as many at a time as there are cores."""
    first, others = batches[0], batches[1:]
    with ProcessPoolExecutor(
        max_workers=min(len(others), os.cpu_count() or 1),
        mp_context=multiprocessing.get_context("spawn"),
        max_tasks_per_child=1,
    ) as pool:
        with interrupts.unheard():
            running = [pool.submit(_synthesize_there, sites, folder) for sites, folder in others]
        try:
            # Python and Node of a further process take three seconds to start, and this one would only wait.
            manifests = [_synthesize_batch(*first, report)]
            for (sites, _), batch in zip(others, running, strict=True):
                manifests.append(batch.result())
                report(f"{sites[0].name} to {sites[-1].name}: built {len(sites)} sites")
        except BaseException:
            interrupts.end(pool, running)
            raise
        return manifests


def _synthesize_there(sites: Sequence[SiteSettings], folder: Path) -> dict[str, Any]:
    # What a process leaves that is ended goes with the scratch folder.
    tempfile.tempdir = str(folder.parent)
    return _synthesize_batch(sites, folder, lambda _: None)


@quick_bindings()
def _synthesize_batch(sites: Sequence[SiteSettings], folder: Path, report: Callable[[str], None]) -> dict[str, Any]:
    folder.mkdir()
    # Only here, never for a settings error or a help text.
    node.start()
    from cdktf import App

    from dicom_cdk.service.session import write
    from dicom_cdk.service.stack import DicomStack

    app = App(outdir=str(folder))
    stacks: list[TerraformStack] = []
    for site in sites:
        report(f"{site.name}: building")
        stacks.append(DicomStack(app, site))
        if site.state.bootstrap:
            from dicom_cdk.service.bootstrap import BootstrapStack

            stacks.append(BootstrapStack(app, site))
    report("writing Terraform JSON")
    write(app, stacks, folder)
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return manifest


def _publish(scratch: Path, manifest: dict[str, Any], out: Path) -> list[Stack]:
    from dicom_cdk.service.names import with_readable_names

    stacks = []
    for made in sorted(scratch.glob(f"*/stacks/*/{STACK_FILE}")):
        target = out / "stacks" / made.parent.name / STACK_FILE
        text = made.read_text()
        stack = json.loads(with_readable_names(text, json.loads(text)))
        _replace(target, _written(stack))
        stacks.append(Stack(made.parent.name, target, _count(stack)))
    _replace(out / "manifest.json", json.dumps(manifest, indent=2, sort_keys=True) + "\n")
    names = {stack.name for stack in stacks}
    for folder in sorted((out / "stacks").iterdir()) if (out / "stacks").exists() else []:
        if folder.name not in names and (folder / STACK_FILE).exists():
            (folder / STACK_FILE).unlink()
            shutil.rmtree(folder / ".terraform", ignore_errors=True)
            (folder / ".terraform.lock.hcl").unlink(missing_ok=True)
            if not any(folder.iterdir()):
                folder.rmdir()
    return sorted(stacks, key=lambda stack: stack.name)


def _written(stack: dict[str, Any]) -> str:
    return json.dumps(stack, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _replace(target: Path, content: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    partial.write_text(content)
    partial.replace(target)


def _count(stack: dict[str, Any]) -> int:
    return sum(len(resources) for resources in stack.get("resource", {}).values())
