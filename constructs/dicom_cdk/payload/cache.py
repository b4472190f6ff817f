"""The shared folder that images are received into, as host, container and SAE see it (facts: archive 2)."""

FOLDER = "/opt/cache"
"""Where every archive of the site sees it: the directory names one path for all."""
STORAGE_ID = "cache"
"""Its storage in the directory."""
MARK = ".dicom-cache"
"""A file at its top that names the site. No archive starts without it, so that none writes into its own container instead."""
GUARD = "NO_MOUNT"
"""A file below the mount point of a host. The archive refuses stores while it sees it."""
OWNER = "1023:1023"
"""WildFly's user and group in the image."""
EXPORT = "/share"
"""The folder that Extreme NAS exports; it has no other."""
COMMAND = "/bin/bash"
_MISSING = f"{FOLDER} is not the shared folder"
ARGUMENTS = (
    "-c",
    f"if [ ! -e {FOLDER}/{MARK} ]; then echo '{_MISSING}' >&2; exit 1; fi; exec /docker-entrypoint.sh \"$@\"",
    "start",
    "standalone.sh",
    "-b",
    "0.0.0.0",
    "-bmanagement",
    "0.0.0.0",
)
"""What SAE starts instead of the image's own entry point and command: the same, once the folder is there."""
