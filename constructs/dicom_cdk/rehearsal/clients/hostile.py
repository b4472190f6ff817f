"""What nobody may get through the gateway or the filter: targets, methods, framings; each must end there."""

from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.clients.dicomweb_front import Front

STUDY = "1.2.840.113"
BELOW_AE = (
    ("GET", "/rs/studies/../../../../ctrl/stop"),
    ("GET", "/rs/studies/..%2f..%2f..%2f..%2fctrl%2fstop"),
    ("GET", "/rs/studies/%2e%2e/%2e%2e/%2e%2e/ctrl/stop"),
    ("GET", "/rs/studies/..;/..;/..;/..;/ctrl/stop"),
    ("GET", "/rs/studies/%252e%252e/x"),
    ("GET", "//..//rs/studies"),
    ("GET", "/rs%2Fstudies"),
    ("GET", "/rs/studies%3Flimit=1%23"),
    ("GET", "/rs/studies%00"),
    ("GET", "/rs/devices"),
    ("GET", "/../OTHER/rs/studies"),
    ("GET", "X/rs/studies"),
    ("POST", f"/rs/studies/{STUDY}/reject/113001%5EDCM"),
    ("POST", f"/rs/studies/{STUDY}/reject/113001^DCM"),
    ("POST", f"/rs/studies/{STUDY}/export/CALC"),
    ("DELETE", f"/rs/studies/{STUDY}"),
    ("PUT", "/rs/patients/1"),
    ("TRACE", "/rs/studies"),
)
"""Method, and what follows the AE title."""
ARCHIVES_OWN = (
    ("GET", "/dcm4chee-arc/storage"),
    ("GET", "/dcm4chee-arc/devices/dcm4chee-arc"),
    ("GET", "/dcm4chee-arc/ui2/"),
    ("GET", "/dcm4chee-arc/ctrl/status"),
    ("POST", "/dcm4chee-arc/ctrl/stop"),
    ("POST", "/dcm4chee-arc/ctrl/reload"),
    ("GET", "/"),
)
"""The archive's own console and control, where its storage page shows the bucket's AccessKey."""
REFUSALS = (400, 403, 405)


def turned_away(front: Front) -> str:
    """Tries all; raises Expected for what is let in or reached the server."""
    targets = [(method, front.path + rest) for method, rest in BELOW_AE] + list(ARCHIVES_OWN)
    for method, target in targets:
        answer = front.ask(method, target)
        expect(answer.status in REFUSALS, f"{method} {target} got {answer.status}")
        expect("x-orthanc" not in str(answer.headers).lower(), f"{method} {target} reached the server")
    head = f"POST {front.path}/rs/studies HTTP/1.1\r\nHost: {front.host}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in front.credential.items())
    smuggled = f"GET {front.path}/rs/devices HTTP/1.1\r\nHost: x\r\n\r\n"
    framings = (
        f"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
        f"Content-Length: 4\r\nContent-Length: 5\r\n\r\n{smuggled}",
        f"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{smuggled}",
        f"Content-Length: +4\r\n\r\n{smuggled}",
    )
    for framing in framings:
        answer = front.raw((head + framing).encode())
        expect(answer.status in (400, 501), f"{framing[:40]!r} got {answer.status}")
    return f"{len(targets) + len(framings)} tried"
