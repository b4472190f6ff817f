"""IPsec connections have two tunnels of today's strength, and no key in the text."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, is_reference, items

WEAK_DIGESTS, WEAK_GROUPS = ("md5", "sha1"), ("disabled", "group1", "group2", "group5")
DEFAULTS = {"ike_version": "ikev1", "ike_auth_alg": "md5", "ike_enc_alg": "aes", "ike_pfs": "group2"}
IPSEC_DEFAULTS = {"ipsec_auth_alg": "md5", "ipsec_enc_alg": "aes", "ipsec_pfs": "group2"}
"""What the provider takes for what is left out."""


class VpnStrength(ResourcePolicy):
    """Images and names go through them."""

    key = "CKV2_DICOM_48"
    title = "IPsec has two tunnels, IKEv2, AES-256, SHA-2 and group 14 or above, its key by reference"
    severity_name = "HIGH"
    category = "ENCRYPTION"
    fix = "two tunnel_options_specification with ikev2, aes256, sha256, group14 in both phases, psk a reference"
    types = ("alicloud_vpn_connection",)
    failing = {
        "alicloud_vpn_connection": {
            "bad_single": {"ike_config": [{"ike_version": "ikev2", "psk": "${var.psk}"}]},
            "bad_defaults": {
                "tunnel_options_specification": [
                    {"tunnel_ike_config": [{"psk": "${var.psk}"}], "tunnel_ipsec_config": [{}]},
                    {"tunnel_ike_config": [{"psk": "${var.psk}"}], "tunnel_ipsec_config": [{}]},
                ]
            },
        }
    }
    passing = {
        "alicloud_vpn_connection": {
            "strong": {
                "tunnel_options_specification": [
                    {
                        "role": role,
                        "tunnel_ike_config": [
                            {
                                "ike_version": "ikev2",
                                "ike_auth_alg": "sha256",
                                "ike_enc_alg": "aes256",
                                "ike_pfs": "group14",
                                "psk": "${random_password.key.result}",
                            }
                        ],
                        "tunnel_ipsec_config": [
                            {"ipsec_auth_alg": "sha256", "ipsec_enc_alg": "aes256", "ipsec_pfs": "group14"}
                        ],
                    }
                    for role in ("master", "slave")
                ]
            }
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        tunnels = [one for one in items(resource.get("tunnel_options_specification")) if isinstance(one, dict)]
        if len(tunnels) != 2:
            yield f"{len(tunnels)} tunnels, two are needed"
        for number, tunnel in enumerate(tunnels, 1):
            ike = DEFAULTS | _first(tunnel.get("tunnel_ike_config"))
            ipsec = IPSEC_DEFAULTS | _first(tunnel.get("tunnel_ipsec_config"))
            for problem in (*_weak(ike, "ike"), *_weak(ipsec, "ipsec")):
                yield f"tunnel {number}: {problem}"
            if ike["ike_version"] != "ikev2":
                yield f"tunnel {number}: ike_version is {ike['ike_version']}, not ikev2"
            if ike.get("psk") and not is_reference(ike["psk"]):
                yield f"tunnel {number}: psk is a literal"


def _first(value: object) -> Json:
    found = [one for one in items(value) if isinstance(one, dict)]
    return {name: one for name, one in found[0].items() if one is not None} if found else {}


def _weak(config: Json, phase: str) -> Iterator[str]:
    for name, weak in (("auth_alg", WEAK_DIGESTS), ("pfs", WEAK_GROUPS)):
        value = config[f"{phase}_{name}"]
        if value in weak:
            yield f"{phase}_{name} is {value}"
    cipher = config[f"{phase}_enc_alg"]
    if cipher != "aes256":
        yield f"{phase}_enc_alg is {cipher}, not aes256"


check = VpnStrength()
