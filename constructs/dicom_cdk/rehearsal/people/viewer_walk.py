"""One person's way through the viewer: sent to the login, the list, studies of each kind, an upload, and out again."""

import re
from collections.abc import Sequence

from pydicom.dataset import Dataset

from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.clients import pictures
from dicom_cdk.rehearsal.clients.dicom_objects import as_file
from dicom_cdk.rehearsal.people.browser import Browser, Screen
from dicom_cdk.rehearsal.people.peoples_door import AUTHOR
from dicom_cdk.rehearsal.people.viewer_stand import ViewerStand

SHORT_SECONDS = 65
"""Lifetime of a token that is renewed at once: the viewer does so 60 s before its end."""
SLICES = 12
OPEN = "(way) => { history.pushState({}, '', way); dispatchEvent(new PopStateEvent('popstate', { state: {} })); }"
"""As a link inside the viewer does it: the page stays, and with it who is logged in."""

KEPT = "() => navigator.serviceWorker.getRegistration('/viewer/').then((one) => Boolean(one?.active))"
"""Whether a service worker is installed."""


def at_the_list(screen: Screen, stand: ViewerStand, user: str, *expected: str) -> None:
    """Somebody comes, is sent to the provider, says who he is, and comes back to a list that says `expected`."""
    screen.page.goto(f"https://{stand.domain}/viewer/")
    screen.page.wait_for_selector("input[name=user]")
    expect(
        screen.page.url.startswith(f"{stand.provider.issuer}/authorize?"), f"the login is at {screen.page.url[:120]}"
    )
    screen.page.fill("input[name=user]", user)
    screen.page.click("button")
    screen.until(*expected)


def walk(checks: Checks, room: str, stand: ViewerStand, browser: Browser) -> None:
    """The checks, in the order of a person's day."""
    series, resonance = pictures.computed_tomography("CT-VIEWED", SLICES), pictures.magnetic_resonance("MR-VIEWED")
    frames = [pictures.squares(f"frame {number}") for number in range(3)]
    ultrasound, compressed = pictures.multi_frame("US-VIEWED", frames), pictures.compressed("J2K-VIEWED")
    stand.store(*series, resonance, ultrasound, compressed)
    with browser.screen() as screen:
        with checks.check(room, "not logged in: sent to the provider; logged in: back at the list") as said:
            stand.provider.lifetime, before = SHORT_SECONDS, len(stand.compute.seen)
            at_the_list(screen, stand, AUTHOR, "CT-VIEWED")
            screen.keep("list")
            came = stand.compute.seen[before:]
            expect(any("/viewer/callback?code=" in one.target for one in came), "nobody came back with a code")
            expect("code=" not in stand.log, "the login's code is in the gateway's log")
            back = next(place for place, one in enumerate(came) if "/viewer/callback?code=" in one.target)
            early = [one.target for one in came[:back] if re.search(r"/viewer/[0-9]+\.bundle\.", one.target)]
            expect(not early, f"the viewer ran before the login, and again after it: {early[:3]}")
            said.append(f"{len(came)} requests")
        with checks.check(room, "the session is renewed by itself before the token ends, and nobody is asked again"):
            _renewed(screen, stand)
        with checks.check(room, "CT from the list: the pixels that were stored") as said:
            screen.page.click("text=CT-VIEWED")
            screen.page.click("text=Basic Viewer")
            said.append(f"{screen.until_seen(pictures.squares('CT-VIEWED')):.1f} s")
            # What a new user is told lies over the page, and takes the wheel.
            screen.page.click("text=Skip all")
            screen.page.click("text=Confirm and hide")
            screen.keep("ct")
        with checks.check(room, "MR, and a CT by JPEG 2000: the pixels that were stored") as said:
            for one, name in ((resonance, "MR-VIEWED"), (compressed, "J2K-VIEWED")):
                opened(screen, one.StudyInstanceUID)
                said.append(f"{screen.until_seen(pictures.squares(name)):.1f} s")
                screen.keep(name.lower())
        with checks.check(room, "multi-frame: the first frame, and the next one by the wheel"):
            opened(screen, ultrasound.StudyInstanceUID)
            screen.until_seen(frames[0])
            screen.page.mouse.move(640, 450)
            screen.page.mouse.wheel(0, 100)
            screen.until_seen(frames[1])
            screen.keep("multi-frame")
        with checks.check(room, f"MPR of {SLICES} slices: three planes"):
            _planes(screen, series)
        if stand.stores and stand.function["DICOM_VIEWER_UPLOAD"] == "true":
            with checks.check(room, "an image uploaded in the browser is stored and shown"):
                _uploaded(screen, stand)
        else:
            checks.skip(room, "upload in the browser", "the site does not offer it: gateway.viewer.upload")
        with checks.check(room, "whoever comes back is asked for nothing, and what the browser keeps stays kept"):
            _back(screen, stand)
        with checks.check(
            room, "the console complained of nothing; each request of it has the user in the gateway's log"
        ):
            expect(not screen.complaints, f"it says {screen.complaints}")
            expect(f'"user":"{AUTHOR}"' in stand.log, "the log does not name the user")
            expect("VIEWED" not in stand.log, "the log names a patient")
        with checks.check(room, "logout: tokens revoked, session ended, a page that says so; then the login again"):
            _out(screen, stand)


def opened(screen: Screen, study: object, more: str = "") -> None:
    """A study by its address, without loading the page anew."""
    screen.page.evaluate(OPEN, f"/viewer/viewer?StudyInstanceUIDs={study}{more}")


def _renewed(screen: Screen, stand: ViewerStand) -> None:
    for _ in range(600):
        if stand.provider.renewed:
            break
        screen.page.wait_for_timeout(200)
    expect(stand.provider.renewed > 0, "no refresh token came within two minutes")
    # What is handed out from here on lives long.
    stand.provider.lifetime, before = 600, stand.provider.renewed
    for _ in range(600):
        if stand.provider.renewed > before:
            break
        screen.page.wait_for_timeout(200)
    expect("/viewer" in screen.page.url and stand.domain in screen.page.url, f"the page is at {screen.page.url[:120]}")


def _planes(screen: Screen, series: Sequence[Dataset]) -> None:
    """The slices' own picture, and of the same picture in all of them one column and one row, drawn through the depth."""
    opened(screen, series[0].StudyInstanceUID, "&hangingProtocolId=mpr")
    stored, side = pictures.squares(str(series[0].PatientID)), pictures.SQUARES
    screen.until_seen(stored)
    rows = {stored[start : start + side] for start in range(0, side * side, side)}
    columns = {stored[start::side] for start in range(side)}
    for canvas, lines in ((1, columns), (2, rows)):
        screen.until_seen(*(line * side for line in sorted(lines)), canvas=canvas)
    screen.keep("mpr")


def _uploaded(screen: Screen, stand: ViewerStand) -> None:
    one = pictures.computed_tomography("UPLOAD-VIEWED")[0]
    screen.page.evaluate(OPEN, "/viewer/")
    screen.until("Upload")
    screen.page.click("text=Upload")
    file = {"name": "one.dcm", "mimeType": "application/dicom", "buffer": as_file(one)}
    screen.page.set_input_files("input[type=file] >> nth=0", [file])
    for _ in range(600):
        if any(one.method == "POST" and one.status == 200 for one in stand.compute.seen[-20:]):
            break
        screen.page.wait_for_timeout(200)
    screen.keep("upload")
    opened(screen, one.StudyInstanceUID)
    screen.until_seen(pictures.squares("UPLOAD-VIEWED"))


def _back(screen: Screen, stand: ViewerStand) -> None:
    """OHIF's own page takes every service worker away: with it only the second visit found its scripts compiled, no later one."""
    for _ in range(600):
        if screen.page.evaluate(KEPT):
            break
        screen.page.wait_for_timeout(200)
    expect(screen.page.evaluate(KEPT), "no service worker was installed within two minutes")
    before = len(stand.compute.seen)
    screen.page.goto(f"https://{stand.domain}/viewer/")
    screen.until("CT-VIEWED")
    expect(screen.page.evaluate(KEPT), "the service worker is gone")
    again = [one.target for one in stand.compute.seen[before:] if re.search(r"\.(js|css)$", one.target)]
    expect(set(again) == {"/viewer/app-config.js"}, f"the browser asks for {again}, which it has")


def _out(screen: Screen, stand: ViewerStand) -> None:
    screen.page.evaluate(OPEN, "/viewer/logout")
    screen.until("You are signed out")
    screen.keep("signed-out")
    expect(stand.provider.revoked > 0, "no token was revoked")
    screen.page.goto(f"https://{stand.domain}/viewer/")
    screen.page.wait_for_selector("input[name=user]")
