"""Releases of dcm4chee-arc as data: which tags belong together, what each can and cannot do; `updates` is what lies between.

Source: git histories of the image repositories dcm4chee-arc-psql, slapd-dcm4chee, postgres-dcm4chee and dcm4che-tools, release
notes and issues of dcm4chee-arc-light; read in October 2026. 5.31.3 and 5.32.1 are in the image
repository but were never released.
"""

from typing import NamedTuple


class Release(NamedTuple):
    """One release of the archive and what belongs to it."""

    slapd: tuple[str, ...]
    """Tags of slapd-dcm4chee, the first one first to take: its patch is the archive's patch."""
    postgres: tuple[str, ...]
    """Tags of postgres-dcm4chee, whose SQL belongs to the minor."""
    tools: str
    """Tag of dcm4che-tools: the release's own, or the newest before it; any of them speaks to any archive."""
    wildfly: str
    """Version of WildFly in the archive's image."""
    java: int
    """Major version of Java in the archive's image."""
    signatures: tuple[int, ...] = (2, 4)
    """Versions of AWS Signature that its object storage can use (jclouds: 4 from 2.5.0 on)."""
    faults: str = ""
    """What is known not to work and what to take instead; said by every synthesis."""
    refused: str = ""
    """Why no site may take it, and what to take instead; empty for one that may be taken."""


_V2 = (2,)
RELEASES = {
    "5.25.0": Release(
        ("2.6.0-25.0",),
        ("14.1-25",),
        "5.25.0",
        "25.0.1",
        11,
        _V2,
        "WADO-RS of instances, frames and bulk data and QIDO-RS as XML answer 500 (dcm4chee-arc-light#3496); JSON, STOW-RS, "
        "WADO-URI and DIMSE work; take 5.25.2, which needs no change of the database",
    ),
    "5.25.1": Release(("2.6.0-25.1",), ("14.1-25",), "5.25.1", "24.0.1", 11, _V2),
    "5.25.2": Release(("2.6.0-25.2",), ("14.1-25",), "5.25.2", "24.0.1", 11, _V2),
    # Its first builds have jclouds 2.4.0, and the tag does not say which one it is.
    "5.26.0": Release(("2.6.0-26.0",), ("14.2-26",), "5.26.0", "24.0.1", 11, _V2),
    "5.26.1": Release(("2.6.2-26.1",), ("14.2-26",), "5.26.1", "26.1.1", 11),
    "5.27.0": Release(("2.6.2-27.0",), ("14.4-27",), "5.27.0", "26.1.1", 11),
    "5.28.0": Release(("2.6.2-28.0",), ("14.4-28",), "5.28.0", "26.1.2", 11),
    "5.29.0": Release(("2.6.3-29.0",), ("14.5-29",), "5.29.0", "26.1.2", 11),
    "5.29.1": Release(("2.6.3-29.1",), ("14.5-29",), "5.29.1", "26.1.2", 11),
    "5.29.2": Release(("2.6.3-29.2",), ("14.5-29",), "5.29.1", "26.1.2", 17),
    "5.30.0": Release(("2.6.3-30.0",), ("15.2-30",), "5.30.0", "26.1.2", 17),
    "5.31.0": Release(("2.6.5-31.0",), ("15.4-31",), "5.31.0", "26.1.2", 17),
    "5.31.1": Release(("2.6.5-31.1",), ("15.4-31",), "5.31.1", "29.0.1", 17),
    "5.31.2": Release(("2.6.5-31.2",), ("15.4-31",), "5.31.2", "30.0.1", 17),
    "5.32.0": Release(("2.6.6-32.0",), ("16.2-32",), "5.32.0", "31.0.1", 17),
    "5.33.0": Release(("2.6.6-33.0", "2.6.7-33.0"), ("16.3-33",), "5.33.0", "33.0.2", 21),
    "5.33.1": Release(("2.6.7-33.1",), ("17.1-33", "16.3-33", "17.0-33"), "5.33.1", "34.0.0", 21),
    "5.34.0": Release(("2.6.8-34.0",), ("17.4-34",), "5.33.1", "36.0.1", 21),
    "5.34.1": Release(("2.6.8-34.1",), ("17.4-34",), "5.33.1", "37.0.0", 21),
    "5.34.2": Release(
        ("2.6.8-34.2", "2.6.10-34.2"),
        ("17.4-34",),
        "5.33.1",
        "38.0.1",
        21,
        refused="its storage exporter uploads each object twice (dcm4chee-arc-light#4886); take 5.34.3",
    ),
    "5.34.3": Release(("2.6.10-34.3",), ("17.4-34",), "5.33.1", "39.0.1", 21),
    "5.35.0": Release(
        ("2.6.13-35.0", "2.6.10-35.0"),
        ("18.3-35",),
        "5.33.1",
        "39.0.1",
        21,
        refused="no image carries the SQL update to it, that update fails on a database that was made before 5.32, and its image "
        "was made with another WildFly than it asks for; take 5.34.3",
    ),
}


def plain(version: str) -> str:
    """An archive's tag without its suffix: ``5.25.2`` of ``5.25.2-mirror``."""
    return version.split("-")[0]


def release(version: str) -> Release | None:
    """The release of an archive's tag, ``-`` and a suffix allowed; None for one that is not known."""
    return RELEASES.get(plain(version))


def checks_mounts_by_attribute(version: str) -> bool:
    """Whether a storage names the file that must not be there by an attribute: from 5.31 on, a property before."""
    return list(RELEASES).index(plain(version)) >= list(RELEASES).index("5.31.0")


def worklist_apart(version: str) -> bool:
    """Whether a fresh directory of this release has the worklist on an AE title of its own, WORKLIST. False for one not known."""
    names = list(RELEASES)
    return plain(version) in names and names.index(plain(version)) >= names.index("5.29.1")


def tags(version: str) -> dict[str, str]:
    """The tags that belong to an archive's tag, by repository. Raises KeyError for a release that is not known."""
    known = RELEASES[plain(version)]
    return {
        "slapd-dcm4chee": known.slapd[0],
        "dcm4chee-arc-psql": version,
        "dcm4che-tools": known.tools,
        "postgres-dcm4chee": known.postgres[0],
    }


def belongs(tag: str, tags: tuple[str, ...]) -> bool:
    """Whether `tag` is one of `tags`, or one of them with ``-`` and a suffix."""
    return any(tag == each or tag.startswith(f"{each}-") for each in tags)
