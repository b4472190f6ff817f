"""What Serverless App Engine starts in place of the archive image's entry point and command: the same, once its files are there."""

from dicom_cdk.payload.cache import FOLDER, MARK

COMMAND = "/bin/bash"
KEYS = "/tmp/dicom-keys"
"""In the instance's own file system, gone with it."""
TRUST_FOLDER, TRUST_FILE = "/opt/dicom-trust", "trust.jks.base64"
"""Where the map with the trust store is mounted, and its key: the path is the file, or its folder (nobody tried which)."""
TRUST_PASSWORD = "certificates"
"""Guards the trust store against changes by accident only; what is in it is public."""
KEY_STORE, KEY_STORE_PASSWORD = "ARCHIVE_KEY_STORE", "KEYSTORE_PASSWORD"
"""Variables: PKCS #12 in base64, and what opens it, which the image's entry point reads."""

_SHARED = f"if [ ! -e {FOLDER}/{MARK} ]; then echo '{FOLDER} is not the shared folder' >&2; exit 1; fi; "
_REFUSED = "the archive has no key or no trust of its own: variables archive_key_store, archive_key_store_password"
_OWN = (
    f'mkdir -p {KEYS} && printf %s "${KEY_STORE}" | base64 -d >{KEYS}/key.p12 && '
    f"{{ t={TRUST_FOLDER}; [ -f $t ] || t=$t/{TRUST_FILE}; base64 -d <$t >{KEYS}/trust.jks; }} && "
    f"[ -s {KEYS}/key.p12 ] && [ -s {KEYS}/trust.jks ] || {{ echo '{_REFUSED}' >&2; exit 1; }}; "
    f"unset {KEY_STORE}; export KEYSTORE={KEYS}/key.p12 TRUSTSTORE={KEYS}/trust.jks TRUSTSTORE_TYPE=JKS "
    f"TRUSTSTORE_PASSWORD={TRUST_PASSWORD}; "
)
_COMMAND = ("start", "standalone.sh", "-b", "0.0.0.0", "-bmanagement", "0.0.0.0")


def started(*, shared_folder: bool, own_keys: bool) -> dict[str, object]:
    """`command` and `command_args_v2` of the application; empty where the image's own will do.

    `shared_folder`: none starts without it, else images would go into the instance. `own_keys`: none starts without them, else the
    image's published key would speak for the archive.
    """
    if not shared_folder and not own_keys:
        return {}
    script = f'{_SHARED if shared_folder else ""}{_OWN if own_keys else ""}exec /docker-entrypoint.sh "$@"'
    return {"command": COMMAND, "command_args_v2": ["-c", script, *_COMMAND]}
