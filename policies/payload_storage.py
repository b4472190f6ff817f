"""Storages in the directory that a host step writes: none that deletes studies, none that purges what nobody else holds."""

import re
from collections.abc import Iterator

from dicom_policy import PayloadPolicy, code_lines

TEMPORARY = re.compile(r"\bdcmStorageDuration\b[\"']?\s*[:=]+\s*[\[({\"']*\s*TEMPORARY\b", re.IGNORECASE)
UNCONDITIONAL = re.compile(r"\bdcmNoDeletionConstraint\b[\"']?\s*[:=]+\s*[\[({\"']*\s*TRUE\b", re.IGNORECASE)
CACHE = re.compile(r"\bdcmStorageDuration\b[\"']?\s*[:=]+\s*[\[({\"']*\s*CACHE\b", re.IGNORECASE)
GUARD = re.compile(r"\bdcmExportStorageID\b")


class PayloadStorage(PayloadPolicy):
    """TEMPORARY deletes studies from the database; a cache without dcmExportStorageID purges what was never exported."""

    key = "CKV2_DICOM_133"
    title = "Storages of the archive are never temporary, and a cache is purged only of what lies elsewhere too"
    severity_name = "CRITICAL"
    category = "BACKUP_AND_RECOVERY"
    fix = "dcmStorageDuration PERMANENT or CACHE; with CACHE dcmExportStorageID; no dcmNoDeletionConstraint"
    failing = {
        "alicloud_ecs_command": {
            "bad_temporary": {"command_content": "#!/bin/sh\ncat <<E\ndcmStorageDuration: TEMPORARY\nE\n"},
            "bad_python": {"command_content": '#!/bin/sh\npython3 -c \'e = {"dcmStorageDuration": ["TEMPORARY"]}\'\n'},
            "bad_cache": {"command_content": "#!/bin/sh\ncat <<E\ndcmStorageDuration: CACHE\nE\n"},
            "bad_purge": {"command_content": "#!/bin/sh\ncat <<E\ndcmNoDeletionConstraint: TRUE\nE\n"},
        }
    }
    passing = {
        "alicloud_ecs_command": {
            "kept": {
                "command_content": "#!/bin/sh\ncat <<E\ndcmStorageDuration: CACHE\ndcmExportStorageID: alicloud-oss\nE\n"
            },
            "permanent": {"command_content": "#!/bin/sh\ncat <<E\ndcmStorageDuration: PERMANENT\nE\n"},
        }
    }

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        del name
        guarded = any(GUARD.search(line) for _, line in code_lines(text))
        for number, line in code_lines(text):
            if TEMPORARY.search(line):
                yield number, "a temporary storage: its purge deletes studies from the database"
            if UNCONDITIONAL.search(line):
                yield number, "a purge without a threshold"
            if CACHE.search(line) and not guarded:
                yield number, "a cache that is purged of what no other storage holds"


check = PayloadStorage()
