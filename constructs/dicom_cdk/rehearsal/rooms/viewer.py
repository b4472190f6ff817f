"""Viewer: somebody logs in and opens a study, in Chromium, with OHIF itself; what others may not; keys that change.

Started by name. Needs OHIF's files (`make ohif`), Chromium and playwright; without one of them its checks are skipped by name.
The identity provider is a stand-in of ours, or Keycloak (`make keycloak`) where the stage says so.
"""

from pathlib import Path

from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.clients.dicomweb_front import multipart
from dicom_cdk.rehearsal.clients.hostile import turned_away
from dicom_cdk.rehearsal.cloud.signatures import signed_headers
from dicom_cdk.rehearsal.identity.tokens import SigningKey
from dicom_cdk.rehearsal.people import keycloak_walk, viewer_files, viewer_walk
from dicom_cdk.rehearsal.people.browser import chromium
from dicom_cdk.rehearsal.people.keycloak_stand import KeycloakStand
from dicom_cdk.rehearsal.people.peoples_door import AUTHOR, READER, STRANGER
from dicom_cdk.rehearsal.people.viewer_stand import ViewerStand
from dicom_cdk.rehearsal.stage import Stage

ROOM = "viewer"
STUDIES = "/rs/studies?limit=1"
KEYCLOAK = "keycloak"
"""Of the stage's identity."""


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """The doors by requests, then people by a browser, then a change of keys."""
    del faults  # it has no script of its own
    if not stage.site.function.get("DICOM_LOGIN_CLIENT_ID"):
        checks.skip(ROOM, "everything", "the site has no viewer that people log in to (gateway.viewer, gateway.login)")
        return
    step = next((each for each in stage.site.steps if each.room == "gateway"), None)
    if step is None:
        checks.skip(ROOM, "everything", "the site runs a gateway image of its own, which is not here")
        return
    with checks.check(ROOM, "image: OHIF below /viewer, as the image's build makes it") as said:
        stage.must(step)
        files = stage.hosts[step.host].root / "opt/dicom/gateway/current"
        viewer = viewer_files.built(files / "viewer.sh", stage.folder / "viewer")
        said.append(f"{sum(file.stat().st_size for file in viewer.rglob('*') if file.is_file()) / 1e6:.0f} MB")
    if stage.identity == KEYCLOAK:
        at_keycloak(stage, checks, files, viewer)
    else:
        shown(stage, checks, files, viewer)


def at_keycloak(stage: Stage, checks: Checks, files: Path, viewer: Path) -> None:
    """The day of somebody whom Keycloak lets in."""
    with checks.check(
        ROOM, "start: Keycloak with the realm of `login realm`, whose keys `login keys` finds; gateway, domains"
    ):
        stand = KeycloakStand(stage, files, viewer)
    with checks.check(ROOM, "browser: Chromium on a person's machine, which no other name leads out of"):
        folder = stage.folder / "browser"
        browser = stage.enter(chromium(stand.into, stand.names, stand.certificate, folder, stage.pictures))
    keycloak_walk.walk(checks, ROOM, stand, browser)


def shown(stage: Stage, checks: Checks, files: Path, viewer: Path) -> None:
    """All that follows the image, of whose build `files` and `viewer` are."""
    with checks.check(
        ROOM, "start: gateway, the stack's domains before it, a provider that signs with keys of its own"
    ):
        stand = ViewerStand(stage, files, viewer)
    with checks.check(
        ROOM, "doors: without a token the viewer's files and nothing else; programs sign at their own"
    ) as said:
        said.append(_doors(stand))
    with checks.check(ROOM, "tokens: expired, of another key, for another audience, of another issuer are refused"):
        _tokens(stand)
    with checks.check(ROOM, "hostile targets, methods and framing end at the gateway, also with a good token") as said:
        said.append(turned_away(stand.hostile_front(stand.provider.access_token(AUTHOR))))
    if stand.stores:
        with checks.check(ROOM, "who reads may not store; who has the role may"):
            _storing(stand)
    else:
        checks.skip(ROOM, "who reads may not store", "nobody stores here: gateway.login.write_roles is empty")
    with checks.check(ROOM, "browser: Chromium on a person's machine, which no other name leads out of"):
        folder = stage.folder / "browser"
        browser = stage.enter(chromium(stand.into, stand.names, stand.certificate, folder, stage.pictures))
    viewer_walk.walk(checks, ROOM, stand, browser)
    if stand.restricted:
        with checks.check(ROOM, "who may not use the AE title logs in and sees no patient"), browser.screen() as screen:
            viewer_walk.at_the_list(screen, stand, STRANGER, "Connection Error")
            screen.keep("other-ae-title")
            expect("VIEWED" not in screen.text(), f"the page says {screen.text()[:300]}")
            expect("it does not name this AE title" in stand.log, "the gateway's log does not say why")
    else:
        checks.skip(ROOM, "who may not use the AE title", "everybody may: gateway.login.ae_claim is not set")
    with checks.check(ROOM, "keys changed in the right order: listed, applied, then signed with; nobody is locked out"):
        _keys_in_order(stand)
    with checks.check(
        ROOM, "keys changed in the wrong order: people are locked out, `login keys` says it, an apply mends it"
    ):
        unlisted = SigningKey("rehearsed-3", "ES256")
        stand.provider.key, stand.provider.published = unlisted, [stand.provider.key]
        expect(stand.with_token(stand.provider.access_token(READER), rest=STUDIES).status == 403, "its token is let in")
        with browser.screen() as screen:
            viewer_walk.at_the_list(screen, stand, READER, "Connection Error")
            screen.keep("locked-out")
            missing = stand.unlisted()
            expect(missing == [unlisted.kid], f"`login keys` finds {missing}, allowed is {unlisted.kid}")
            stand.apply(stand.provider.jwks)
            screen.page.reload()
            screen.until("CT-VIEWED")
    checks.skip(
        ROOM, "the same with Keycloak", "asked for by --identity keycloak, after make keycloak (docs/viewer.md)"
    )


def _doors(stand: ViewerStand) -> str:
    target = stand.path + STUDIES
    for path in ("/viewer", "/viewer/", "/viewer/app-config.js", "/viewer/callback?code=x"):
        answer = stand.ask("GET", path)
        expect(answer.status == 200, f"{path} got {answer.status} without a token")
    for path in (
        target,
        "/viewerx",
        "/viewer/../dcm4chee-arc/ctrl/status",
        "/viewer/..%2fdcm4chee-arc/",
        "/dcm4chee-arc/ui2/",
    ):
        answer = stand.ask("GET", path)
        expect(answer.status in (400, 403, 404), f"{path} got {answer.status} without a token")
        expect(
            "x-orthanc" not in str(answer.headers).lower() and b"0020000D" not in answer.body,
            f"{path} reached the server",
        )
    token = {"Authorization": f"Bearer {stand.provider.access_token(READER)}"}
    expect(stand.ask("GET", target, token).status == 200, "a good token is not let in")
    for host in (f"{stand.domain}:443", f"{stand.domain}:8443"):
        expect(stand.ask("GET", target, {"Host": host}).status != 200, f"Host {host} needs no token")
        expect(
            stand.ask("GET", target, {"Host": host, **token}).status == 200, f"Host {host}: a good token is not let in"
        )
    programs = stand.function["DICOM_SIGNED_DOMAIN"] or f"rehearsed.{stand.function['DICOM_REGION']}.fcapp.run"
    for headers in ({}, token):
        answer = stand.ask("GET", target, {"Host": programs, **headers})
        expect(answer.status in (401, 403, 404), f"{programs} got {answer.status} without a signature")
    answer = stand.ask("GET", target, {"Host": programs, **signed_headers("GET", target)})
    expect(answer.status == 200, f"{programs} got {answer.status} with a signature")
    answer = stand.ask("GET", target, signed_headers("GET", target))
    expect(answer.status == 403, f"a signature at {stand.domain} got {answer.status}")
    return f"{stand.domain} by token, {programs} by signature"


def _tokens(stand: ViewerStand) -> None:
    provider = stand.provider
    provider_key, stranger = provider.key, SigningKey(provider.key.kid)
    by_compute = (
        ("expired", provider.access_token(READER, seconds=-60)),
        ("of another key", stranger.token({"iss": provider.issuer, "aud": provider.audience})),
        ("of an unknown key", provider_key.token({"iss": provider.issuer}, kid="other")),
        ("in query only", ""),
    )
    by_gateway = (
        ("an ID token", provider.id_token(READER)),
        ("for another audience", provider.access_token(READER, aud="another")),
        ("of another issuer", provider.access_token(READER, iss=f"{provider.issuer}/other")),
    )
    for name, token in by_compute:
        query = f"&access_token={provider.access_token(READER)}" if not token else ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = stand.ask("GET", f"{stand.path}{STUDIES}{query}", headers)
        expect(answer.status == 403 and stand.compute.seen[-1].by == "domain", f"a token {name} got {answer.status}")
    for name, token in by_gateway:
        answer = stand.with_token(token, rest=STUDIES)
        expect(answer.status == 403 and b"gives no right" in answer.body, f"{name} got {answer.status}")
        expect(stand.compute.seen[-1].by == "function", f"{name} was refused by the domain, which is not said to do so")


def _storing(stand: ViewerStand) -> None:
    body = multipart(as_file(image("VIEWED-BY-ROLE")))
    answer = stand.with_token(stand.provider.access_token(READER), "POST", "/rs/studies", body)
    expect(answer.status == 403 and b"no role that may store" in answer.body, f"a reader's STOW got {answer.status}")
    answer = stand.with_token(stand.provider.access_token(AUTHOR), "POST", "/rs/studies", body)
    expect(answer.status == 200, f"the STOW of who may store got {answer.status}: {answer.body[:200]!r}")


def _keys_in_order(stand: ViewerStand) -> None:
    provider = stand.provider
    old, new = provider.key, SigningKey("rehearsed-2", "ES256")
    before = provider.access_token(READER)
    provider.published = [new]
    expect(stand.unlisted() == [new.kid], "`login keys` does not name a key that is published and not listed")
    expect(stand.with_token(provider.access_token(READER), rest=STUDIES).status == 200, "published, and people are out")
    stand.apply(provider.jwks)
    expect(stand.unlisted() == [], "`login keys` still misses a key after the apply")
    expect(stand.with_token(before, rest=STUDIES).status == 200, "the apply of both keys locks people out")
    provider.key, provider.published = new, [old]
    for token in (before, provider.access_token(READER)):
        expect(stand.with_token(token, rest=STUDIES).status == 200, "with both keys applied a token is refused")
    provider.published = []
    stand.apply(provider.jwks)
    expect(stand.with_token(before, rest=STUDIES).status == 403, "a token of a key that was taken out is let in")
    expect(
        stand.with_token(provider.access_token(READER), rest=STUDIES).status == 200, "the new key's token is refused"
    )
