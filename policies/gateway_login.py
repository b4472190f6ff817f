"""Who logs in at the gateway's domain shows a token of a public key; without one there is the viewer and nothing else."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, block, blocks, document, items

WITHOUT_TOKEN = {"/viewer", "/viewer/*"}
"""The viewer's own files: a program, no patient's data."""
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
"""Parts of a private or shared key (RFC 7518)."""
KNOWN = {"jwks", "tokenLookup", "claimPassBy", "whitelist", "blacklist"}
"""Names that Function Compute is known to read; others are taken for nothing there, or for what nobody here has judged."""
WEAK_BITS = 2048


def _info(key: str, more: str = "") -> str:
    return f'{{"jwks":{{"keys":[{key}]}},"tokenLookup":"header:Authorization:Bearer "{more}}}'


PUBLIC = f'{{"kid":"1","kty":"RSA","alg":"RS256","n":"{"x" * 342}","e":"AQAB"}}'


def _domain(info: str, path: str = "/dcm4chee-arc/aets/A/*", protocol: str = "HTTPS", kind: str = "jwt") -> Json:
    return {
        "protocol": protocol,
        "auth_config": [{"auth_type": kind, "auth_info": info}],
        "route_config": [{"routes": [{"path": path}]}],
    }


class GatewayLogin(ResourcePolicy):
    key = "CKV2_DICOM_44"
    title = "Tokens are judged by public keys and come in a header over HTTPS; without one there is the viewer alone"
    severity_name = "CRITICAL"
    category = "API_SECURITY"
    fix = "auth_info: public RS, PS or ES keys, tokenLookup header:…, whitelist of the viewer alone; /viewer on no other domain"
    types = ("alicloud_fcv3_custom_domain",)
    reads = ("auth_config",)
    weighs = reads
    failing = {
        "alicloud_fcv3_custom_domain": {
            "bad_private": _domain(_info(PUBLIC.replace("}", ',"d":"AQ"}'))),
            "bad_shared": _domain(_info('{"kty":"oct","alg":"HS256","k":"AQ"}')),
            "bad_hmac": _domain(_info(PUBLIC.replace("RS256", "HS256"))),
            "bad_keyless": _domain(_info("")),
            "bad_text": _domain("?"),
            "bad_absent": {"protocol": "HTTPS", "auth_config": [{"auth_type": "jwt"}]},
            "bad_open": _domain(_info(PUBLIC, ',"whitelist":["/viewer","/dcm4chee-arc/*"]')),
            "bad_list": _domain(_info(PUBLIC, ',"blacklist":["/dcm4chee-arc/*"]')),
            "bad_empty_list": _domain(_info(PUBLIC, ',"blacklist":[]')),
            "bad_capitals": _domain(_info(PUBLIC, ',"Whitelist":["/*"]')),
            "bad_short": _domain(_info(PUBLIC.replace("x" * 342, "x" * 171))),
            "bad_encrypting": _domain(_info(PUBLIC.replace('"kty"', '"use":"enc","kty"'))),
            "bad_cookie": _domain(_info(PUBLIC).replace("header:Authorization:Bearer ", "header:A:,cookie:token")),
            "bad_plain": _domain(_info(PUBLIC), protocol="HTTP,HTTPS"),
            "bad_viewer": _domain("", "/viewer/*", kind="function"),
        }
    }
    passing = {
        "alicloud_fcv3_custom_domain": {
            "login": _domain(_info(PUBLIC)),
            "viewer": _domain(_info(PUBLIC, ',"whitelist":["/viewer","/viewer/*"]'), "/viewer"),
            "signed": _domain("", kind="function"),
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        auth = block(resource, "auth_config")
        if auth.get("auth_type") != "jwt":
            paths = [str(route.get("path")) for route in blocks(block(resource, "route_config"), "routes")]
            for path in paths:
                if path == "/viewer" or path.startswith("/viewer/"):
                    yield f"route {path}: a viewer where nobody can log in"
            return
        if resource.get("protocol") != "HTTPS":
            yield f"protocol is {resource.get('protocol', 'missing')}: tokens would travel in clear text"
        info = document(auth.get("auth_info"))
        if not isinstance(info, dict):
            yield "auth_config.auth_info is missing or unreadable"
            return
        yield from _keys(info.get("jwks"))
        lookups = [each for each in str(info.get("tokenLookup") or "").split(",") if each]
        if not lookups or not all(each.startswith("header:") for each in lookups):
            yield "tokenLookup takes tokens from elsewhere than a header: queries are logged, cookies are sent by other pages too"
        if "blacklist" in info:
            yield "blacklist: what it does not name needs no token"
        if unknown := sorted(map(str, set(info) - KNOWN)):
            allowed = ", ".join(sorted(KNOWN))
            yield f"auth_info has {', '.join(unknown)}, which Function Compute is not known to read: allowed are {allowed}"
        if opened := sorted({str(path) for path in items(info.get("whitelist"))} - WITHOUT_TOKEN):
            yield f"whitelist opens {', '.join(opened)} without a token"


def _keys(jwks: object) -> Iterator[str]:
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not keys:
        yield "jwks holds no key"
        return
    for index, key in enumerate(keys):
        if not isinstance(key, dict):
            yield f"key {index} of jwks is no key"
        elif PRIVATE & set(key) or key.get("kty") == "oct":
            yield f"key {index} of jwks has parts of a private or shared key"
        elif str(key.get("alg", "")).startswith("HS"):
            yield f"key {index} of jwks is for {key['alg']}: who can check it can make tokens"
        elif key.get("use", "sig") != "sig":
            yield f"key {index} of jwks is for use {key['use']}, not for signatures"
        elif key.get("kty") == "RSA" and (bits := len(str(key.get("n", ""))) * 6) < WEAK_BITS:
            yield f"key {index} of jwks has {bits} bits at most, allowed are {WEAK_BITS} or more"


check = GatewayLogin()
