"""Who may do what by DIMSE and could not before, in words, from the lists of both sides."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.policy.document import Document
from dicom_cdk.policy.modality_list import called_titles, listed, partners

Modality = dict[str, Any]


def modality_changes(before: Document | None, after: Document | None) -> list[str]:
    """A line a change, in the order of AE titles; first whether there is a list at all."""
    lists = listed(before), listed(after)
    if lists == (None, None) or after is None:
        return []
    archives = [each.get("archive", {}) if each else {} for each in lists]
    old, new = ({one["ae_title"]: one for one in each["modalities"]} if each else {} for each in lists)
    found = list(_at_all(lists[0] is None and before is not None, lists[1] is None, len(new)))
    if lists[0] is not None:
        found += _elsewhere(*archives)
    if lists[1] is None:
        return found
    for title in sorted({*old, *new}):
        found += _changed(title, old.get(title), new.get(title))
        if title in old and title in new:
            was, now = called_titles(lists[0] or {}, old[title]), called_titles(lists[1], new[title])
            if set(was.values()) != set(now.values()) and lists[0] and lists[0].get("archive"):
                found += _calls(title, was, now)
    return found


def _calls(title: str, was: dict[str, str], now: dict[str, str]) -> Iterator[str]:
    ends = " and ".join(sorted(set(was.values()) - set(now.values())))
    refused = f", and is refused at {ends}" if ends else ""
    if len(now) == 1:
        yield f"{title} calls {next(iter(now.values()))} from now on{refused}: set it on the device"
    elif now:
        uses = ", ".join(f"{its} to {use}" for use, its in now.items())
        yield f"{title} calls {uses} from now on{refused}: set both on the device"


def _at_all(begins: bool, ends: bool, count: int) -> Iterator[str]:
    if begins:
        yield f"from now on DIMSE is for listed modalities only, {count} of them; every other device is refused"
    if ends:
        yield (
            "the list ends: every machine of the hospitals' networks may use DIMSE, "
            "and the entries of the list stay in the directory"
        )


def _elsewhere(was: Modality, now: Modality) -> Iterator[str]:
    if was.get("client_certificates") != now.get("client_certificates"):
        less = now.get("client_certificates") == "optional"
        yield "callers over TLS need no certificate any more" if less else "callers over TLS need a certificate again"
    before, after = was.get("address"), now.get("address")
    if before != after:
        yield f"the archive is called at {after} from now on, not at {before}: set it on every device"
        if now.get("sends_from"):
            yield f"images and reports of commitment come from {now['sends_from']}: hospitals' firewalls have to let these in"


def _changed(title: str, old: Modality | None, new: Modality | None) -> Iterator[str]:
    if new is None and old is not None:
        yield f"{title} ({_where(old)}) may no longer call: {', '.join(old['may'])}"
    elif old is None and new is not None:
        tls = ", over TLS" if new["tls"] else f", without TLS ({new.get('reason', 'no reason given')})"
        yield f"{title} ({_where(new)}) may now {', '.join(new['may'])}{tls}"
    elif old is not None and new is not None:
        gained = [each for each in new["may"] if each not in old["may"]]
        lost = [each for each in old["may"] if each not in new["may"]]
        if gained:
            yield f"{title} may now {', '.join(gained)}"
        if lost:
            yield f"{title} may no longer {', '.join(lost)}"
        if _where(old) != _where(new):
            yield f"{title} moves from {_where(old)} to {_where(new)}: the old address is refused"
        if old["tls"] != new["tls"]:
            yield f"{title} " + (
                "speaks TLS now" if new["tls"] else f"gives up TLS ({new.get('reason', 'no reason given')})"
            )


def _where(one: Modality) -> str:
    return f"{one['hospital']}, {one['address']}:{one['port']}"


def partner_changes(before: Document | None, after: Document | None) -> list[str]:
    """Who may send HL7 and could not before, or can no more; first whether there is a list at all."""
    if after is None:
        return []
    lists = partners(before), partners(after)
    found = []
    if lists[0] is None and lists[1] is not None and before is not None:
        found.append("from now on HL7 is taken of listed partners only; every other sender is refused")
    if lists[0] is not None and lists[1] is None:
        found.append("the list of HL7 partners ends: every machine of the hospitals' networks may send HL7")
        return found
    old, new = ({_partner(one) for one in each["hl7"]} if each else set() for each in lists)
    found += [f"{one} may now send" for one in sorted(new - old)]
    return found + [f"{one} may no longer send" for one in sorted(old - new)]


def _partner(one: Modality) -> str:
    tls = "over TLS" if one["tls"] else f"without TLS ({one.get('reason', 'no reason given')})"
    return f"{one['application']} ({one['hospital']}, {one['address']}) {tls}: {', '.join(one['sends'])}"
