"""One person's day where Keycloak lets people in: login, list, study, renewal, rights, keys that change, logout."""

import json
from typing import Any

from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.clients import pictures
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.clients.dicomweb_front import multipart
from dicom_cdk.rehearsal.clients.hostile import turned_away
from dicom_cdk.rehearsal.identity.tokens import decoded
from dicom_cdk.rehearsal.people.browser import Browser, Screen
from dicom_cdk.rehearsal.people.keycloak_stand import FIRST_KEY, KeycloakStand
from dicom_cdk.rehearsal.people.peoples_door import AUTHOR, READER, STRANGER
from dicom_cdk.rehearsal.people.viewer_walk import OPEN, opened

SHORT_SECONDS, LONG_SECONDS = 65, 300
"""Lifetimes of a token: one that is renewed at once, since the viewer does so 60 s before its end; the realm's own."""
STUDIES = "/rs/studies?limit=1"
KEPT = "() => Object.entries(sessionStorage).filter(([name]) => name.startsWith('oidc.user:')).map(([, text]) => text)[0] || '{}'"


def walk(checks: Checks, room: str, stand: KeycloakStand, browser: Browser) -> None:
    """The checks, in the order of a person's day."""
    one = pictures.magnetic_resonance("MR-VIEWED")
    stand.store(one)
    with browser.screen() as screen:
        with checks.check(room, "not logged in: sent to Keycloak; name and password: back at the list"):
            stand.token_seconds(SHORT_SECONDS)
            logged_in(screen, stand, AUTHOR, "MR-VIEWED")
            screen.keep("list")
            expect("code=" not in stand.log, "the login's code is in the gateway's log")
        with checks.check(room, "the session is renewed by itself before the token ends"):
            before = kept(screen)["access_token"]
            stand.token_seconds(LONG_SECONDS)
            _until_another(screen, before)
        with checks.check(room, "MR: the pixels that were stored, with the user's name in the gateway's log") as said:
            opened(screen, one.StudyInstanceUID)
            said.append(f"{screen.until_seen(pictures.squares('MR-VIEWED')):.1f} s")
            screen.keep("mr-viewed")
            expect(f'"user":"{AUTHOR}"' in stand.log, "the log does not name the user")
            expect("VIEWED" not in stand.log, "the log names a patient")
        with checks.check(
            room, "its token says what the gateway asks for and no more; an ID token opens nothing"
        ) as said:
            said.append(_tokens(stand, kept(screen)))
        with checks.check(
            room, "hostile targets, methods and framing end at the gateway, also with this token"
        ) as said:
            said.append(turned_away(stand.hostile_front(kept(screen)["access_token"])))
        _others(checks, room, stand, browser)
        with checks.check(
            room, "keys changed in the right order: published, applied, signed with, taken out; nobody is locked out"
        ):
            _keys_in_order(stand, screen)
        with checks.check(room, "keys changed in the wrong order: locked out, `login keys` says it, an apply mends it"):
            _keys_out_of_order(stand, screen)
        with checks.check(
            room, "logout: the session is over at Keycloak, its refresh token worth nothing; then the login again"
        ):
            _out(screen, stand)


def logged_in(screen: Screen, stand: KeycloakStand, user: str, *expected: str) -> None:
    """Somebody comes, is sent to Keycloak, gives name and password, and comes back to a list that says `expected`."""
    screen.page.goto(f"https://{stand.domain}/viewer/")
    screen.page.wait_for_selector("input[name=password]")
    expect(screen.page.url.startswith(f"{stand.issuer}/"), f"the login is at {screen.page.url[:120]}")
    screen.page.fill("input[name=username]", user)
    screen.page.fill("input[name=password]", stand.passwords[user])
    screen.page.click("[type=submit]")
    screen.until(*expected)


def kept(screen: Screen) -> dict[str, Any]:
    """What the viewer has got from the provider."""
    found: dict[str, Any] = json.loads(screen.page.evaluate(KEPT))
    return found


def claims(token: str) -> dict[str, Any]:
    """What a token says, believed unseen."""
    found: dict[str, Any] = json.loads(decoded(token.split(".")[1]))
    return found


def _until_another(screen: Screen, token: str) -> str:
    for _ in range(600):
        if (found := str(kept(screen).get("access_token", token))) != token:
            return found
        screen.page.wait_for_timeout(200)
    expect(False, "no other token came within two minutes")
    return ""


def _tokens(stand: KeycloakStand, held: dict[str, Any]) -> str:
    said = claims(held["access_token"])
    audiences = said["aud"] if isinstance(said["aud"], list) else [said["aud"]]
    expect(audiences == [stand.audience], f"it is for {audiences}, asked for is {stand.audience} alone")
    expect(said["iss"] == stand.issuer, f"it is of {said['iss']}")
    expect(set(said) >= {"exp", "iat", "preferred_username"}, f"it says {sorted(said)}")
    answer = stand.with_token(held["access_token"], rest=STUDIES)
    expect(answer.status == 200, f"it got {answer.status}: {answer.body[:200]!r}")
    answer = stand.with_token(held["id_token"], rest=STUDIES)
    expect(answer.status == 403 and b"another audience" in answer.body, f"an ID token got {answer.status}")
    expect(stand.compute.seen[-1].by == "function", "an ID token was refused by the domain, which is not said to do so")
    if stand.restricted:
        status = stand.own_titles_changed(held["access_token"])
        expect(status in (401, 403), f"with its token a user changes the own account at Keycloak: {status}")
    return f"{len(held['access_token'])} characters"


def _others(checks: Checks, room: str, stand: KeycloakStand, browser: Browser) -> None:
    """Who reads and may not store; who may use another AE title."""
    body = multipart(as_file(image("VIEWED-BY-ROLE")))
    if stand.stores:
        with checks.check(room, "who reads may not store; who has the role may"), browser.screen() as screen:
            logged_in(screen, stand, READER, "MR-VIEWED")
            token = kept(screen)["access_token"]
            answer = stand.with_token(token, "POST", "/rs/studies", body)
            why = f"a reader's STOW got {answer.status}"
            expect(answer.status == 403 and b"no role that may store" in answer.body, why)
    else:
        checks.skip(room, "who reads may not store", "nobody stores here: gateway.login.write_roles is empty")
    if stand.restricted:
        with checks.check(room, "who may not use the AE title logs in and sees no patient"), browser.screen() as screen:
            logged_in(screen, stand, STRANGER, "Connection Error")
            screen.keep("other-ae-title")
            expect("VIEWED" not in screen.text(), f"the page says {screen.text()[:300]}")
            expect("it does not name this AE title" in stand.log, "the gateway's log does not say why")
    else:
        checks.skip(room, "who may not use the AE title", "everybody may: gateway.login.ae_claim is not set")


def _keys_in_order(stand: KeycloakStand, screen: Screen) -> None:
    keycloak, old = stand.keycloak, kept(screen)["access_token"]
    listed = len(stand.published())
    keycloak.key("second", 200, signs=False)
    expect(len(stand.published()) == listed + 1, "a key that does not sign yet is not published")
    expect(len(stand.unlisted()) == 1, f"`login keys` misses {stand.unlisted()}, expected is the one new key")
    expect(stand.with_token(_anew(screen), rest=STUDIES).status == 200, "published, and people are out")
    stand.apply(stand.published())
    expect(stand.with_token(old, rest=STUDIES).status == 200, "the apply of both keys locks people out")
    keycloak.key("second", 200, signs=True)
    new = _anew(screen)
    expect(_kid(new) != _kid(old), "Keycloak still signs with the first key")
    for token in (old, new):
        expect(stand.with_token(token, rest=STUDIES).status == 200, "with both keys applied a token is refused")
    keycloak.without_key(FIRST_KEY)
    stand.apply(stand.published())
    expect(stand.with_token(old, rest=STUDIES).status == 403, "a token of a key that was taken out is let in")
    expect(stand.with_token(new, rest=STUDIES).status == 200, "the new key's token is refused")


def _keys_out_of_order(stand: KeycloakStand, screen: Screen) -> None:
    stand.keycloak.key("third", 300, signs=True)
    screen.page.goto(f"https://{stand.domain}/viewer/")
    screen.until("Connection Error")
    screen.keep("locked-out")
    token = kept(screen)["access_token"]
    expect(stand.with_token(token, rest=STUDIES).status == 403, "the token of an unknown key is let in")
    expect(stand.unlisted() == [_kid(token)], f"`login keys` misses {stand.unlisted()}, signed with is {_kid(token)}")
    stand.apply(stand.published())
    screen.page.reload()
    screen.until("MR-VIEWED")


def _anew(screen: Screen) -> str:
    """The token of a page that is loaded anew: Keycloak lets through without asking."""
    before = kept(screen)["access_token"]
    screen.page.reload()
    screen.until("MR-VIEWED")
    return _until_another(screen, before)


def _kid(token: str) -> str:
    return str(json.loads(decoded(token.split(".")[0]))["kid"])


def _out(screen: Screen, stand: KeycloakStand) -> None:
    refresh = kept(screen)["refresh_token"]
    screen.page.evaluate(OPEN, "/viewer/logout")
    screen.until("You are signed out")
    screen.keep("signed-out")
    expect(stand.sessions(AUTHOR) == 0, f"{stand.sessions(AUTHOR)} sessions of this user go on at Keycloak")
    expect(stand.refreshed(refresh) == 400, "the refresh token is still good")
    screen.page.goto(f"https://{stand.domain}/viewer/")
    screen.page.wait_for_selector("input[name=password]")
