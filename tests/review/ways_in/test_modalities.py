"""Lists of modalities side by side: who may do what, in words."""

import json
from pathlib import Path
from typing import Any

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import document
from dicom_cdk.policy.document import Document
from dicom_cdk.review.ways_in.modalities import modality_changes, partner_changes

CT = {"ae_title": "CT1", "hospital": "north", "address": "10.20.1.15", "port": 104, "tls": True, "may": ["store"]}
PLAIN = {**CT, "ae_title": "US1", "address": "10.20.1.16", "tls": False, "may": ["query", "store"]}


def stack(*modalities: dict[str, Any]) -> Document:
    content = json.dumps({"hospitals": {"north": ["10.20.0.0/16"]}, "modalities": list(modalities)})
    objects = {"list": {"key": "modalities/a.json", "content": content}}
    return document.of_stack(Stack(Path("clinic"), {"resource": {"alicloud_oss_bucket_object": objects}}))


def unlisted() -> Document:
    return document.of_stack(Stack(Path("clinic"), {"resource": {"alicloud_log_store": {"a": {}}}}))


def test_a_new_device_is_told_with_what_it_may_and_whether_over_tls() -> None:
    assert modality_changes(stack(), stack(CT, PLAIN, {**PLAIN, "ae_title": "US2", "reason": "of 2003"})) == [
        "CT1 (north, 10.20.1.15:104) may now store, over TLS",
        "US1 (north, 10.20.1.16:104) may now query, store, without TLS (no reason given)",
        "US2 (north, 10.20.1.16:104) may now query, store, without TLS (of 2003)",
    ]


def test_a_device_that_goes_is_told_with_what_it_could() -> None:
    assert modality_changes(stack(PLAIN), stack()) == ["US1 (north, 10.20.1.16:104) may no longer call: query, store"]


def test_what_changes_of_a_device_is_told_and_nothing_else() -> None:
    moved = {**PLAIN, "may": ["store", "worklist"], "address": "10.20.1.99", "tls": True}
    assert modality_changes(stack(CT, PLAIN), stack(CT, moved)) == [
        "US1 may now worklist",
        "US1 may no longer query",
        "US1 moves from north, 10.20.1.16:104 to north, 10.20.1.99:104: the old address is refused",
        "US1 speaks TLS now",
    ]
    assert modality_changes(stack(CT), stack({**CT, "tls": False})) == ["CT1 gives up TLS (no reason given)"]


def test_a_device_that_gets_titles_for_storing_and_querying_is_told_which_it_calls_for_what() -> None:
    def with_archive(**titles: str) -> Document:
        archive = {"ae_title": "DCM4CHEE", "worklist_ae_title": "DCM4CHEE", **titles}
        listed = {"archive": archive, "hospitals": {}, "modalities": [CT, PLAIN]}
        objects = {"list": {"key": "modalities/a.json", "content": json.dumps(listed)}}
        return document.of_stack(Stack(Path("clinic"), {"resource": {"alicloud_oss_bucket_object": objects}}))

    apart = with_archive(store_ae_title="STORE", query_ae_title="QUERY")
    assert modality_changes(with_archive(), apart) == [
        "CT1 calls STORE from now on, and is refused at DCM4CHEE: set it on the device",
        "US1 calls STORE to store, QUERY to query from now on, and is refused at DCM4CHEE: set both on the device",
    ]
    assert modality_changes(apart, with_archive()) == [
        "CT1 calls DCM4CHEE from now on, and is refused at STORE: set it on the device",
        "US1 calls DCM4CHEE from now on, and is refused at QUERY and STORE: set it on the device",
    ]


def test_a_device_whose_hospital_becomes_a_tenant_is_told_which_ae_title_it_calls_from_now_on() -> None:
    def with_tenants(*tenants: dict[str, Any]) -> Document:
        archive = {"ae_title": "DCM4CHEE", "worklist_ae_title": "DCM4CHEE"}
        listed = {"archive": archive, "hospitals": {}, "modalities": [CT], "tenants": list(tenants)}
        objects = {"list": {"key": "modalities/a.json", "content": json.dumps(listed)}}
        return document.of_stack(Stack(Path("clinic"), {"resource": {"alicloud_oss_bucket_object": objects}}))

    north = {"ae_title": "NORTH", "hospitals": ["north"]}
    assert modality_changes(with_tenants(), with_tenants(north)) == [
        "CT1 calls NORTH from now on, and is refused at DCM4CHEE: set it on the device"
    ]
    assert modality_changes(with_tenants(north), with_tenants({**north, "hospitals": ["south"]})) == [
        "CT1 calls DCM4CHEE from now on, and is refused at NORTH: set it on the device"
    ]


def test_the_order_of_a_list_is_no_change() -> None:
    assert modality_changes(stack(CT, PLAIN), stack(PLAIN, CT)) == []


def test_a_first_list_and_the_end_of_one_are_told_for_all() -> None:
    assert modality_changes(unlisted(), stack(CT))[0] == (
        "from now on DIMSE is for listed modalities only, 1 of them; every other device is refused"
    )
    assert modality_changes(stack(CT), unlisted()) == [
        "the list ends: every machine of the hospitals' networks may use DIMSE, and the entries of the list stay in the directory",
    ]


def test_without_lists_or_for_a_stack_that_goes_there_is_nothing_to_say() -> None:
    assert modality_changes(unlisted(), unlisted()) == []
    assert modality_changes(stack(CT), None) == []


def at(address: str, sends_from: str = "", **more: str) -> Document:
    archive = {"address": address, **more} | ({"sends_from": sends_from} if sends_from else {})
    content = json.dumps({"archive": archive, "hospitals": {}, "modalities": [CT]})
    objects = {"list": {"key": "modalities/a.json", "content": content}}
    return document.of_stack(Stack(Path("clinic"), {"resource": {"alicloud_oss_bucket_object": objects}}))


def test_another_address_of_the_archive_is_told_with_where_it_sends_from() -> None:
    host, balanced = at("172.18.92.175"), at("172.18.92.191", "172.18.80.0/20, 172.18.16.0/20")
    assert modality_changes(host, balanced) == [
        "the archive is called at 172.18.92.191 from now on, not at 172.18.92.175: set it on every device",
        "images and reports of commitment come from 172.18.80.0/20, 172.18.16.0/20: hospitals' firewalls have to let these in",
    ]
    assert modality_changes(balanced, host) == [
        "the archive is called at 172.18.92.175 from now on, not at 172.18.92.191: set it on every device"
    ]
    assert modality_changes(balanced, balanced) == []


def test_callers_that_need_no_certificate_any_more_are_told() -> None:
    asked, optional = at("172.18.92.175"), at("172.18.92.175", client_certificates="optional")
    assert modality_changes(asked, optional) == ["callers over TLS need no certificate any more"]
    assert modality_changes(optional, asked) == ["callers over TLS need a certificate again"]


def sending(*partners: dict[str, Any]) -> Document:
    objects = {"list": {"key": "modalities/a.json", "content": json.dumps({"hl7": list(partners)})}}
    return document.of_stack(Stack(Path("clinic"), {"resource": {"alicloud_oss_bucket_object": objects}}))


def test_who_may_send_hl7_is_told_and_who_no_more() -> None:
    ris = {"application": "RIS|N", "hospital": "north", "address": "10.20.1.30", "tls": True, "sends": ["adt"]}
    plain = {**ris, "application": "KIS|N", "tls": False, "reason": "of 2003"}
    assert partner_changes(unlisted(), sending(ris)) == [
        "from now on HL7 is taken of listed partners only; every other sender is refused",
        "RIS|N (north, 10.20.1.30) over TLS: adt may now send",
    ]
    assert partner_changes(sending(ris), sending(plain)) == [
        "KIS|N (north, 10.20.1.30) without TLS (of 2003): adt may now send",
        "RIS|N (north, 10.20.1.30) over TLS: adt may no longer send",
    ]
    assert partner_changes(sending(ris), unlisted()) == [
        "the list of HL7 partners ends: every machine of the hospitals' networks may send HL7"
    ]
    assert modality_changes(unlisted(), sending(ris)) == []
