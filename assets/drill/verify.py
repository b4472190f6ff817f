"""Restore drill: what the restored service holds, as lines for people and one of JSON; ends with 1 if anything is wrong.

verify.py VALUES HELPERS FOLDER: values of the step, folder of alicloud.py, a folder for one object at a time. Beside VALUES
lies `restored`, the name of the dump, where from_dump.sh has filled the database.
Reads the database (psql), the buckets (this host's role) and DICOMweb on this host's loopback. Writes nothing else.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from objects import DICOM_FILE, Look, Refused, rows

SHOWN = 20
"""Wrong objects that are named; the rest is counted."""
COUNTS = """select (select count(*) from study), (select count(*) from series), (select count(*) from instance),
  (select count(*) from location), coalesce((select to_char(max(created_time), 'YYYY-MM-DD"T"HH24:MI:SS') from instance), ''),
  (select count(*) from instance where not exists (select from location where location.instance_fk = instance.pk
    and location.object_type = {object_type} and location.storage_id in ({storage_ids})))"""


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def span(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60} min"


def of_dump(file: Path) -> "datetime | None":
    """When the dump was begun that the database was filled from; None for a clone."""
    if not file.exists():
        return None
    return datetime.strptime(file.read_text().strip().rpartition("/")[2], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def main(file: str, helpers: str, folder: str) -> int:
    values: dict[str, Any] = json.loads(Path(file).read_text())
    sys.path.insert(0, helpers)
    import alicloud

    looks = [Look(told) for told in (values, *values.get("tenants", []))]
    ids = ", ".join(f"'{one.storage_id}'" for one in looks)
    ((studies, series, instances, objects, newest, elsewhere),) = rows(
        values, COUNTS.format(object_type=DICOM_FILE, storage_ids=ids)
    )
    target = Path(folder) / "object"
    for look in looks:
        look.over(values, alicloud, target)
    target.unlink(missing_ok=True)
    wrong = [line for look in looks for line in look.wrong]
    sampled, undigested, whole, pixels, asked = (
        sum(getattr(look, name) for look in looks) for name in ("sampled", "undigested", "whole", "pixels", "asked")
    )
    if int(instances) and not sampled:
        storages = f"storages {ids} hold" if looks[1:] else f"storage {values['storage_id']} holds"
        wrong.append(f"{storages} no object of {instances} instances; is storage.storage_id the site's?")
    started, dump = moment(values["started"]), of_dump(Path(file).with_name("restored"))
    took = (datetime.now(UTC) - started).total_seconds()
    restored_to = f"{dump:%Y-%m-%dT%H:%M:%SZ}" if dump else values["restore_time"]
    report = {
        "restored_to": restored_to, "newest_instance": newest, "studies": int(studies), "series": int(series),
        "instances": int(instances), "objects": int(objects), "sampled": sampled, "without_digest": undigested,
        "in_no_bucket": int(elsewhere), "retrieved_whole": whole, "retrieved_same_pixels": pixels, "wrong": len(wrong),
        "rto_seconds": int(took), "storages": {look.storage_id: look.sampled for look in looks},
    }  # fmt: skip
    print(f"database restored to {restored_to}: {studies} studies, {series} series, {instances} instances")
    if dump:
        report["rpo_seconds"] = int((started - dump).total_seconds())
        age = span(report["rpo_seconds"])
        print(f"it is of a dump, {age} old when the drill began: what came after it would be lost with the region")
    print(
        f"newest instance: {newest or 'none'} (the archive's time zone): what came after it, up to the time, is the loss"
    )
    if int(elsewhere):
        print(f"{elsewhere} instances have no object in a bucket: not exported yet, so in no backup")
    for look in looks if looks[1:] else ():
        print(
            f"storage {look.storage_id}, bucket {look.bucket}: {look.sampled} objects looked at, {len(look.wrong)} wrong"
        )
    print(f"{sampled} of {objects} objects fetched and compared with size and digest ({undigested} without a digest)")
    equal = f"{whole} in every byte, {pixels} in pixel data (attributes are the database's)"
    print(f"{whole + pixels} of {asked} retrieved as stored: {equal}")
    print(f"from terraform plan to here: {span(took)}")
    for line in wrong[:SHOWN]:
        print(f"WRONG {line}")
    if len(wrong) > SHOWN:
        print(f"WRONG and {len(wrong) - SHOWN} more")
    print("report " + json.dumps(report, sort_keys=True))
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        code = main(*sys.argv[1:4])
    except Refused as refused:
        code = 1
        print(f"drill-verify: the restored database refuses: {refused}", file=sys.stderr)
    raise SystemExit(code)
