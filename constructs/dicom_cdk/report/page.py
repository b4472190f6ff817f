"""The report as one HTML page that fetches nothing: diagram, steps, order, plan, policies, ways in, files, quantities."""

import datetime
from pathlib import Path

from dicom_cdk import pages
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.terraform import Terraform
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report import content
from dicom_cdk.report.apply_order import apply_order, waves
from dicom_cdk.report.dashboard import Lines, dashboards, recorded
from dicom_cdk.report.device_sheets import sheets
from dicom_cdk.report.diagram import network_diagram
from dicom_cdk.report.order_chart import order_svg
from dicom_cdk.report.outputs import outputs
from dicom_cdk.report.planned import PlanTable, plan_table
from dicom_cdk.report.quantities import quantities
from dicom_cdk.report.stacked import stacked
from dicom_cdk.report.svg import svg


def page(
    stack: Stack,
    terraform: Terraform | None,
    today: datetime.date,
    answers: Path | None = None,
    lines: Path | None = None,
) -> str:
    """The page of one stack. `terraform`: None where no plan can be made; `lines`: of a rehearsal, the shipped ones without.

    Raises AnswersError, PolicyError, WaiverError, LinesError.
    """
    document, written = of_stack(stack), recorded(lines)
    return render(stack, plan_table(stack, document, terraform, answers), content.policies(document, today), written)


def render(stack: Stack, plan: PlanTable, policies: content.Policies, lines: Lines | None = None) -> str:
    """The page, when plan and policies are known. `lines`: what the dashboard shows, the shipped ones without."""
    document = content.shown(stack, of_stack(stack))
    network, order = network_diagram(document), apply_order(document)
    wanted, unwanted = content.exposure(document)
    networks, unfiltered = content.networks(document)
    steps = content.steps(document)
    kinds = {one.type for one in document.resources.values()}
    return pages.rendered(
        "pages/report.html.j2",
        style=pages.style(),
        name=stack.name,
        region=stack.provider.get("region", ""),
        resources=document.resources,
        network=network,
        titles={node.id: node.title for node in (*network.nodes, *order.nodes)},
        stacked=stacked(network),
        network_svg=svg(network, "network"),
        order_svg=order_svg(order),
        waves=waves(order),
        steps=steps,
        pages={kind: content.provider_page(stack, kind) for kind in kinds},
        outputs=outputs(stack, document),
        plan=plan,
        policies=policies,
        wanted=wanted,
        unwanted=unwanted,
        networks=networks,
        sheets=sheets(document),
        unfiltered=unfiltered,
        files=content.host_files(stack),
        quantities=quantities(document),
        dashboards=dashboards(document, recorded() if lines is None else lines),
    )
