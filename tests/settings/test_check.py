"""Single values: type, range, value set, pattern; missing and unknown keys. Each with got, allowed and what to do."""

import pytest

from dicom_cdk.settings.check import check, site_schema
from dicom_cdk.settings.composer import compose
from dicom_cdk.settings.site import SiteSettings
from tests.settings.conftest import SITE, Load, Refusals


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        pytest.param(
            "name: dicom-sh\n",
            [
                "site.yaml:1: region: is missing, got nothing, allowed a region id such as cn-shanghai",
                "site.yaml:1: account_id: is missing, got nothing, allowed 16 digits in quotes",
                "site.yaml:1: alarms.mail: is missing, got nothing, allowed a mail address such as ops@example.com",
            ],
            id="all that is required",
        ),
        pytest.param(
            SITE.replace("alarms: {mail: ops@example.com}", "alarms:"),
            ["site.yaml:4: alarms.mail: is missing, got nothing, allowed a mail address such as ops@example.com"],
            id="inside a map that is empty",
        ),
        pytest.param(
            SITE.replace('"1234567890123456"', "1234567890123456"),
            [
                "site.yaml:3: account_id: is not text, got the number 1234567890123456, allowed 16 digits in quotes; "
                'put it in quotes, write account_id: "1234567890123456"'
            ],
            id="account id without quotes",
        ),
        pytest.param(
            SITE.replace("dicom-sh", "no"),
            [
                "site.yaml:1: name: is not text, got false (YAML 1.1 reads no so), allowed 3 to 20 lower-case letters, digits and "
                "hyphens, beginning with a letter, not ending in a hyphen"
            ],
            id="a word that YAML reads as false and that quotes do not mend",
        ),
        pytest.param(
            SITE.replace("dicom-sh", "Dicom_SH"),
            [
                'site.yaml:1: name: has a wrong form, got "Dicom_SH", allowed 3 to 20 lower-case letters, digits and hyphens, '
                "beginning with a letter, not ending in a hyphen"
            ],
            id="name of the site",
        ),
    ],
)
def test_what_every_site_must_say_is_asked_for(refusals: Refusals, whole: str, said: list[str]) -> None:
    assert refusals(whole=whole) == said


def test_a_waiver_must_be_whole(refusals: Refusals) -> None:
    assert refusals("waivers:\n  - policy: CKV_ALI_1\n  - {policy: ali-1}\n  - x\n") == [
        "site.yaml:6: waivers[0].resource: is missing, got nothing, allowed a Terraform address such as "
        "alicloud_oss_bucket.storage_images or alicloud_kms_secret.*",
        "site.yaml:6: waivers[0].reason: is missing, got nothing, allowed 10 to 500 characters",
        "site.yaml:6: waivers[0].expires: is missing, got nothing, allowed a day such as 2027-03-31",
        "site.yaml:6: waivers[0].approved_by: is missing, got nothing, allowed 2 to 200 characters",
        'site.yaml:7: waivers[1].policy: has a wrong form, got "ali-1", allowed the id of a policy such as CKV_ALI_1',
        "site.yaml:7: waivers[1].resource: is missing, got nothing, allowed a Terraform address such as "
        "alicloud_oss_bucket.storage_images or alicloud_kms_secret.*",
        "site.yaml:7: waivers[1].reason: is missing, got nothing, allowed 10 to 500 characters",
        "site.yaml:7: waivers[1].expires: is missing, got nothing, allowed a day such as 2027-03-31",
        "site.yaml:7: waivers[1].approved_by: is missing, got nothing, allowed 2 to 200 characters",
        'site.yaml:8: waivers[2]: is not a map, got "x", allowed a map; write its keys below it, indented by two blanks',
    ]


@pytest.mark.parametrize("day", ["2027-02-30", "31.12.2027", "2027-W01-1", "20271231", "2027-12-31 10:00:00", "soon"])
def test_a_waiver_ends_on_a_day(refusals: Refusals, day: str) -> None:
    more = (
        f"waivers: [{{policy: CKV_ALI_1, resource: a.b, reason: because it is so, expires: {day}, approved_by: Ada}}]\n"
    )
    [said] = refusals(more)
    assert said.startswith("site.yaml:5: waivers[0].expires: is not a day, got ")
    assert said.endswith(", allowed a day such as 2027-03-31")


def test_long_values_are_cut_in_errors(refusals: Refusals) -> None:
    [said] = refusals(f"archive: {{ae_title: {'A' * 500}}}\n")
    assert f'got "{"A" * 79}…" (500 characters), allowed' in said


def test_every_error_is_told_at_once_in_the_order_of_lines(refusals: Refusals) -> None:
    more = """\
gateway: {cpu_cores: 3, dns: maybe}
database:
  storage_gb: 7
  log_backup_retention_days: 90
archive: {disk_performance: PL2}
typo: 1
"""
    assert [line.split(": ")[0] + " " + line.split(": ")[1] for line in refusals(more)] == [
        "site.yaml:5 gateway.dns",
        "site.yaml:5 gateway.cpu_cores",
        "site.yaml:7 database.storage_gb",
        "site.yaml:8 database.log_backup_retention_days",
        "site.yaml:9 archive.system_disk_gb",
        "site.yaml:10 typo",
    ]


def test_null_takes_the_default_where_the_default_is_made_from_other_keys(load: Load) -> None:
    assert load("network: {vpc_name: null}\nstorage: {bucket: ~}\n").storage.bucket is None


def test_checked_values_are_the_models_values() -> None:
    """Rules see through the schema what the constructs later see through the models: defaults included."""
    text = SITE + "network: {hospital_cidrs: [10.8.0.0/16]}\nsecrets: {generations: {database: 3}}\n"
    root = compose(text, "site.yaml", lambda problem: pytest.fail(str(problem)))
    assert root is not None
    checked = check(root, lambda problem: pytest.fail(str(problem)))
    del checked["extends"]
    model = SiteSettings(
        name="dicom-sh",
        region="cn-shanghai",
        account_id="1234567890123456",
        alarms={"mail": "ops@example.com"},  # type: ignore[arg-type]
        network={"hospital_cidrs": ("10.8.0.0/16",)},  # type: ignore[arg-type]
        secrets={"generations": {"database": 3}},  # type: ignore[arg-type]
    )
    assert checked == model.model_dump()


def test_the_schema_is_read_once() -> None:
    assert site_schema() is site_schema()
