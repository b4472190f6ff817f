"""What the archive's image needs on Serverless App Engine: environment, probes, graceful end (guide 5.1; facts: images 3).

SAE cannot read KMS: passwords arrive as references to sensitive values and end up in Terraform's state and SAE's console.
"""

import json
from collections.abc import Mapping

PORT = 8080
"""HTTP port of the archive."""

STATUS_PATH = "/dcm4chee-arc/ctrl/status"
"""Answers 200 with STARTED in it once the archive is up; the health endpoints are on the management port only."""

STARTED = "STARTED"
"""What the answer holds when the archive is up; while it starts, WildFly answers 404."""

SERVER_LOG = "/opt/wildfly/standalone/log/server.log"
"""The file that the archive logs to; standard output ends with the start."""

LOG_DAYS = 7
"""A day's log stays so long on an instance; what is collected has the store's days."""

POST_START_COMMAND = (
    "sh",
    "-c",
    f"old=$(mktemp); while sleep 43200; do touch -d '-{LOG_DAYS} days' $old; for log in {SERVER_LOG}.*; do "
    'if [ "$log" -ot $old ]; then rm -f "$log"; fi; done; done >/dev/null 2>&1 </dev/null &',
)
"""Beside the archive, as long as it runs: WildFly begins a log a day and deletes none, until the instance's disk is full. Without
`find`, which images on Amazon Linux may lack; without braces, which Terraform would read.
"""

PRE_STOP_COMMAND = ("sh", "-c", "sleep 15")
"""Before SIGTERM: time for the balancer to send nothing new."""

SUSPEND_SECONDS = 30
"""WildFly ends running requests for as long after SIGTERM."""

TERMINATION_SECONDS = 60
"""Whole time from the order to stop to SIGKILL: pre-stop, suspend, shutdown."""

JAVA_FLAGS = (
    "-XX:MetaspaceSize=96m -XX:MaxMetaspaceSize=512m -XX:+ExitOnOutOfMemoryError -Djava.net.preferIPv4Stack=true "
    "-Djboss.modules.system.pkgs=org.jboss.byteman -Djava.awt.headless=true "
    f"-Dorg.wildfly.sigterm.suspend.timeout={SUSPEND_SECONDS}"
)
"""What JAVA_OPTS holds beside the heap: setting it replaces the image's whole value."""


def heap_mb(memory_mb: int, percent: int) -> int:
    """Java heap in MiB: `percent` of `memory_mb`; the rest is for metaspace, threads, image codecs and the system."""
    return memory_mb * percent // 100


def environment(
    *,
    ldap_url: str,
    base_dn: str,
    device_name: str,
    ldap_password: str,
    database_host: str,
    database_port: int | str,
    database_name: str,
    database_user: str,
    database_password: str,
    database_sslmode: str,
    heap: int,
    storage_generation: str,
    time_zone: str,
    more: Mapping[str, str] | None = None,
) -> str:
    """The application's variables as the JSON text that SAE takes: compact, name before value, fixed order, since the provider
    compares the text as it is (facts: provider 5).

    Passwords: references to sensitive values, of letters and digits only. `heap` MiB. `storage_generation`: any text that
    changes with the storage entry; a change rolls the instances, which then read the directory anew. `time_zone`: the one of
    all archives on the database, whose columns know none; SAE's own setting does not reach images. `more`: what its start needs.
    """
    variables = {
        "LDAP_URL": ldap_url,
        "LDAP_BASE_DN": base_dn,
        "LDAP_ROOTPASS": ldap_password,
        "ARCHIVE_DEVICE_NAME": device_name,
        "POSTGRES_HOST": database_host,
        "POSTGRES_PORT": str(database_port),
        "POSTGRES_DB": database_name,
        "POSTGRES_USER": database_user,
        "POSTGRES_PASSWORD": database_password,
        "POSTGRES_JDBC_PARAMS": f"sslmode={database_sslmode}",
        "JAVA_OPTS": f"-Xms{heap // 4}m -Xmx{heap}m {JAVA_FLAGS}",
        "HTTP_PROXY_ADDRESS_FORWARDING": "true",
        "REVERSE_DNS": "false",
        "WILDFLY_WAIT_FOR": f"{ldap_url.partition('://')[2].rstrip('/')} {database_host}:{database_port}",
        "TZ": time_zone,
        "DICOM_STORAGE_GENERATION": storage_generation,
        **(more or {}),
    }
    listed = [{"name": name, "value": value} for name, value in variables.items()]
    return json.dumps(listed, separators=(",", ":"), ensure_ascii=False)
