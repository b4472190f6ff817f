"""The report as its readers have it: in Chromium, on a desktop, a phone, in the dark, on paper, by keyboard, by screen reader."""

import datetime
import json
from pathlib import Path

import pytest

from dicom_cdk.plan import terraform
from dicom_cdk.plan.stack import Stack
from dicom_cdk.report.content import Policies
from dicom_cdk.report.page import page, render
from dicom_cdk.report.planned import PlanTable
from tests.browsing import COLOURS, DESKTOP, LAYOUT, PHONE, Opened, complaints, overflow
from tests.conftest import ROOT, shared
from tests.policy.mutation import mutated
from tests.policy.test_mutations import MUTATIONS, SITE
from tests.review.test_kinds import put
from tests.synthesized import DEFAULT_SITE_RESOURCES

pytestmark = pytest.mark.browser

STACK = Stack.read(ROOT / "cdktf.out/stacks/dicom-sh")
TODAY = datetime.date(2026, 11, 25)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once for all workers."""
    made = shared(tmp_path_factory) / "report-page/dicom-sh.html"
    if not made.exists():
        new = tmp_path_factory.mktemp("report") / "dicom-sh.html"
        new.write_text(page(STACK, terraform.find(), TODAY))
        made.parent.mkdir(exist_ok=True)
        new.replace(made)
    return made


@pytest.mark.apart
@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")])
def test_axe_has_no_complaint_and_nothing_overflows(
    opened: Opened, file: Path, size: tuple[int, int], scheme: str
) -> None:
    with opened(file, size, scheme) as shown:
        assert overflow(shown) == []
        # The elements are the same in each: all rules look at them on a desktop by day, else those that can say something new.
        rules = {(DESKTOP, "light"): None, (DESKTOP, "dark"): COLOURS}.get((size, scheme), LAYOUT)
        if (size, scheme) != (DESKTOP, "light"):
            # All rows of a table are made alike, and all of them were looked at on a desktop by day.
            shown.evaluate("document.querySelectorAll('tbody tr:nth-child(n+11)').forEach((row) => row.hidden = true)")
        assert complaints(shown, rules) == []
        shown.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert overflow(shown) == []
        assert complaints(shown, rules) == []


def test_a_reader_sees_what_the_stack_is(opened: Opened, file: Path) -> None:
    with opened(file) as shown:
        assert shown.title() == "dicom-sh: report of a DICOM service"
        assert [one.inner_text() for one in shown.locator(".facts li").all()] == [
            f"{DEFAULT_SITE_RESOURCES}\nresources",
            "17\nwaves to apply", "0\nfindings of 89 policies", "0\nwaivers", "0\nways around the gateway",
        ]  # fmt: skip
        plan = shown.get_by_role("region", name="Table of the plan")
        assert f"dicom-sh: {DEFAULT_SITE_RESOURCES} to create" in plan.inner_text()
        assert "database\t2\t5 to create" in plan.inner_text()
        assert "database/instance: holds what cannot be made again" in plan.inner_text()
        outputs = shown.get_by_role("region", name="Table of outputs").inner_text()
        assert "‹connection_string of database/instance, known after the apply›" in outputs
        assert "${" not in outputs
        ways = shown.locator("section[aria-labelledby=exposure]").inner_text()
        assert "alicloud_fcv3_trigger.gateway_trigger (signed requests only; GET, HEAD, OPTIONS, POST)" in ways
        assert (
            "alicloud_fcv3_custom_domain.gateway_domain (www.dicomweb-example.com, HTTPS; signed requests only)" in ways
        )
        quantities = shown.locator("section[aria-labelledby=quantities] tbody tr").all_inner_texts()
        assert "ECS\thost\t2\tecs.s6-c1m2.large, 40 GB system disk, cloud_essd\tPostPaid\t" in quantities
        boxes = shown.locator("svg").first.locator("g").all_text_contents()
        assert any("ApsaraDB RDS for PostgreSQL" in text for text in boxes)


def test_every_resource_is_listed_under_its_step_and_every_link_of_the_page_leads_somewhere(
    opened: Opened, file: Path
) -> None:
    with opened(file) as shown:
        listed = shown.eval_on_selector_all("tr[id]", "rows => rows.map((row) => row.id)")
        assert sorted(listed) == sorted(STACK.paths)
        links = shown.eval_on_selector_all(
            'a[href^="#"]', "links => links.map((link) => link.getAttribute('href').slice(1))"
        )
        ids = set(shown.eval_on_selector_all("[id]", "all => all.map((one) => one.id)"))
        assert len(links) > 300
        assert set(links) - ids == set()


def test_a_link_into_a_folded_part_opens_it(opened: Opened, file: Path) -> None:
    with opened(file) as shown:
        row = shown.locator('[id="alicloud_db_instance.database_instance"]')
        assert not row.is_visible()
        shown.evaluate("location.hash = '#alicloud_db_instance.database_instance'")
        row.wait_for(state="visible")
        assert row.bounding_box() is not None


def test_the_keyboard_reaches_the_content_and_every_scrolled_part(opened: Opened, file: Path) -> None:
    with opened(file) as shown:
        shown.keyboard.press("Tab")
        assert shown.evaluate("document.activeElement.textContent") == "To the content"
        shown.keyboard.press("Enter")
        seen = set()
        for _ in range(120):
            shown.keyboard.press("Tab")
            seen.add(
                shown.evaluate(
                    "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
                )
            )
        assert {
            "Diagram of network and data flow",
            "Diagram of the apply order",
            "Table of the plan",
            "Table of quantities",
        } <= seen


def test_on_paper_everything_is_unfolded_and_nothing_is_dark(opened: Opened, file: Path, tmp_path: Path) -> None:
    with opened(file, scheme="dark") as shown:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        shown.emulate_media(media="print")
        assert shown.locator("details:not([open])").count() == 0
        assert shown.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        shown.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
        assert (tmp_path / "report.pdf").stat().st_size > 50_000


def test_files_of_hosts_are_readable_and_hold_no_secret(opened: Opened, file: Path) -> None:
    with opened(file) as shown:
        shown.get_by_text("archive/compose.yaml", exact=True).click()
        assert "dcm4chee" in shown.get_by_role("region", name="archive/compose.yaml").inner_text()


def test_a_file_with_a_secret_is_masked_and_html_in_it_stays_text(opened: Opened, tmp_path: Path) -> None:
    document = json.loads(json.dumps(STACK.document))
    document["resource"]["alicloud_ecs_command"] = {
        "odd": {"command_content": "echo '<b id=\"bold\">hello</b>'\npassword=Zx81-kkq7-Pw\n"}
    }
    made = tmp_path / "odd.html"
    made.write_text(render(Stack(tmp_path, document), PlanTable(), Policies()))
    assert "Zx81" not in made.read_text()
    with opened(made) as shown:
        assert shown.locator("#bold").count() == 0
        assert "redacted: looks like" in shown.locator("section[aria-labelledby=files]").text_content()  # type: ignore[operator]


def test_findings_and_ways_around_the_gateway_come_first_and_are_counted(opened: Opened, tmp_path: Path) -> None:
    put(tmp_path, mutated(SITE, MUTATIONS["CKV2_DICOM_104"]))
    stack = Stack.read(tmp_path / "stacks/dicom-sh")
    made = tmp_path / "open.html"
    made.write_text(page(stack, None, TODAY))
    with opened(made) as shown:
        assert (
            "not planned: Terraform or the offline provider is not installed here"
            in shown.locator("section[aria-labelledby=plan]").inner_text()
        )
        assert "CKV2_DICOM_104" in shown.locator("section[aria-labelledby=policies]").inner_text()
        assert complaints(shown) == []


def test_the_same_stack_gives_the_same_page(file: Path) -> None:
    assert page(STACK, terraform.find(), TODAY) == file.read_text()
    for said in (str(ROOT), "2026-11"):
        assert said not in file.read_text()


PICTURES = ("Diagram of network and data flow", "Diagram of the apply order")


def test_the_diagrams_fit_a_desktop_without_scrolling_by_day_and_by_night(
    opened: Opened, file: Path, tmp_path: Path
) -> None:
    pictures = []
    for scheme in ("light", "dark"):
        with opened(file, DESKTOP, scheme) as shown:
            for name in PICTURES:
                region = shown.get_by_role("region", name=name)
                wide, room = region.evaluate("one => [one.scrollWidth, one.clientWidth]")
                assert wide <= room <= 1280, name
            pictures.append(shown.get_by_role("region", name=PICTURES[0]).screenshot(path=tmp_path / f"{scheme}.png"))
            # What it shows has the colours of the scheme: text on its background.
            ink, paper = shown.evaluate(
                """() => [getComputedStyle(document.querySelector("svg text")).fill,
                getComputedStyle(document.documentElement).backgroundColor]"""
            )
            assert (ink, paper) == (
                ("rgb(27, 31, 36)", "rgb(255, 255, 255)")
                if scheme == "light"
                else ("rgb(230, 233, 236)", "rgb(20, 23, 26)")
            )
            boxes = shown.locator("svg").first.locator("rect.box").all()
            assert len(boxes) == 15
            assert all((box.bounding_box() or {"width": 0})["width"] > 170 for box in boxes), (
                "never shrunk until it cannot be read"
            )
    assert len(set(pictures)) == 2
    assert min(map(len, pictures)) > 5000, "not an empty picture"


def test_a_phone_shows_the_network_as_cards_by_zone(opened: Opened, file: Path) -> None:
    with opened(file, PHONE) as shown:
        assert [shown.get_by_role("region", name=name).count() for name in PICTURES] == [0, 0]
        zones = shown.locator(".stacked .zone p.quiet:first-child").all_inner_texts()
        assert zones == ["Outside", "VPC, zone l", "VPC, zones l and g", "VPC, zone g", "Services outside the VPC"]
        archive = shown.locator(".card", has_text="ecs-dicom-arc-l-01").inner_text()
        assert "Archive host" in archive
        assert "Database (5432)" in archive
