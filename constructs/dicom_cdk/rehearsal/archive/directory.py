"""What an archive reads in the directory about whom it knows: devices, its own AE titles, whom it refuses, HL7 senders."""

from dataclasses import dataclass, field

from pynetdicom.presentation import PresentationContext

from dicom_cdk.rehearsal.archive.entries import asked, entries


@dataclass(frozen=True)
class Known:
    """By the configuration as it is now."""

    titles: frozenset[str] = frozenset()
    """AE titles of the archive itself."""
    devices: dict[str, tuple[str, int, bool]] = field(default_factory=dict)
    """AE title → address, port, whether over TLS."""
    accepts: dict[str, frozenset[str]] = field(default_factory=dict)
    """AE title of the archive → whose calls it takes; all known ones where it is not in here."""
    marks: dict[str, str] = field(default_factory=dict)
    """AE title of the archive → mark of the studies that come in there; none where it is not in here."""
    sees: dict[str, frozenset[str]] = field(default_factory=dict)
    """AE title of the archive → marks of the studies that it finds, beside those without; all where it is not in here."""
    does: dict[str, frozenset[str]] = field(default_factory=dict)
    """AE title of the archive → SOP classes that it serves; all where it is not in here."""
    asks_who: bool = False
    """Callers must be known, at their own address."""
    senders: frozenset[str] | None = None
    """HL7 applications; None: all."""

    def served(self, title: str, contexts: list[PresentationContext]) -> list[PresentationContext]:
        """Those that an AE title of the archive serves."""
        does = self.does.get(title)
        return [one for one in contexts if does is None or one.abstract_syntax in does]


def known(url: str, base_dn: str, device: str, password_file: str) -> Known:
    """Asked as `cn=admin`. Raises OSError when the directory does not answer."""
    there = entries(asked(url, base_dn, password_file, "cn=Devices,cn=DICOM Configuration"))
    own = f"dicomDeviceName={device},"
    connections = {one["dn"][0]: one for one in there if "dicomHostname" in one}
    titles, devices, accepts, marks, sees = set(), {}, {}, {}, {}
    does: dict[str, set[str]] = {}
    for one in there:
        if one.get("dicomTransferRole") == ["SCP"]:
            title = one["dn"][0].partition("dicomAETitle=")[2].partition(",")[0]
            does.setdefault(title, set()).add(one["dicomSOPClass"][0])
        if "dicomNetworkAE" not in one.get("objectClass", ()):
            continue
        title, around = one["dicomAETitle"][0], one["dn"][0].partition(",")[2]
        if around.startswith(own):
            titles.add(title)
            if named := one.get("dcmAcceptedCallingAETitle"):
                accepts[title] = frozenset(named)
            if mark := one.get("dcmStoreAccessControlID"):
                marks[title] = mark[0]
            if seen := one.get("dcmAccessControlID"):
                sees[title] = frozenset(seen)
        elif found := connections.get(one["dicomNetworkConnectionReference"][0]):
            tls = "dicomTLSCipherSuite" in found
            devices[title] = (found["dicomHostname"][0], int(found["dicomPort"][0]), tls)
    archive = next(one for one in there if one["dn"][0].startswith(own))
    applications = [one for one in there if "hl7Application" in one.get("objectClass", ())]
    accepted = applications[0].get("hl7AcceptedSendingApplication") if applications else None
    asks_who = archive.get("dcmValidateCallingAEHostname") == ["TRUE"]
    senders = frozenset(accepted) if accepted else None
    served = {title: frozenset(classes) for title, classes in does.items()}
    return Known(frozenset(titles), devices, accepts, marks, sees, served, asks_who, senders)
