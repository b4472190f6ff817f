"""Region and zones: known, belonging together, two of them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown
from dicom_cdk.settings.hints import nearest

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

GUIDE_REGION = "cn-shanghai"
"""The region of the deployment guide, whose zones l and g are the defaults."""

REGIONS = frozenset(
    [
        "cn-qingdao",
        "cn-beijing",
        "cn-zhangjiakou",
        "cn-huhehaote",
        "cn-wulanchabu",
        "cn-hangzhou",
        "cn-shanghai",
        "cn-nanjing",
        "cn-fuzhou",
        "cn-shenzhen",
        "cn-heyuan",
        "cn-guangzhou",
        "cn-chengdu",
        "cn-wuhan-lr",
        "cn-zhengzhou-jva",
        "cn-hongkong",
        "cn-shanghai-finance-1",
        "cn-shenzhen-finance-1",
        "cn-beijing-finance-1",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-southeast-1",
        "ap-southeast-3",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "us-east-1",
        "us-west-1",
        "na-south-1",
        "eu-central-1",
        "eu-west-1",
        "me-east-1",
        "me-central-1",
    ]
)
"""Regions known when this was written. A new one is accepted unless it looks like one of these misspelt."""

KNOWN_TIME_ZONES = ("Asia/Shanghai", "UTC")
"""Those that need no look into the time zone database of this machine."""

L, G = "network.vswitch_l.zone", "network.vswitch_g.zone"


def region(site: "SiteSettings") -> Iterator[Problem]:
    """The site's region."""
    yield from spelling("region", site.region)


def state_region(site: "SiteSettings") -> Iterator[Problem]:
    """The region of the state bucket."""
    if site.state.region is not None:
        yield from spelling("state.region", site.state.region)


def zone_l(site: "SiteSettings") -> Iterator[Problem]:
    """Zone of vSwitch l."""
    yield from zone(L, site.network.vswitch_l.zone, site.region)


def zone_g(site: "SiteSettings") -> Iterator[Problem]:
    """Zone of vSwitch g."""
    yield from zone(G, site.network.vswitch_g.zone, site.region)


def two_zones(site: "SiteSettings") -> Iterator[Problem]:
    """One zone's failure must not take both vSwitches."""
    one = site.network.vswitch_l.zone or default_zone(site.region, "l")
    other = site.network.vswitch_g.zone or default_zone(site.region, "g")
    if one and one == other:
        key = G if site.network.vswitch_g.zone else L
        yield Problem(
            key,
            "is the zone of the other vSwitch too",
            shown(one),
            "two zones of the region",
            "see `aliyun ecs DescribeZones`",
        )


def time_zones(site: "SiteSettings") -> Iterator[Problem]:
    """A time zone that does not exist is UTC on a host, without a word."""
    for room, name in (("directory", site.directory.time_zone), ("archive", site.archive.time_zone)):
        if name not in KNOWN_TIME_ZONES and not _is_time_zone(name):
            yield Problem(
                f"{room}.time_zone",
                "is no time zone of the IANA database",
                shown(name),
                "a name such as Asia/Shanghai or UTC",
            )


PLACE_RULES = (region, state_region, zone_l, zone_g, two_zones, time_zones)


def default_zone(region: str, role: str) -> str | None:
    """The guide's zone of vSwitch `role`, for the guide's region."""
    return f"{region}-{role}" if region == GUIDE_REGION else None


def spelling(key: str, region: str) -> Iterator[Problem]:
    """A region that is a known one misspelt."""
    if near := misspelt(region):
        yield Problem(key, "is no known region", shown(region), "a region id", f"did you mean {near}?")


def misspelt(region: str) -> str:
    """The known region that `region` is a misspelling of, or empty. Other numbers (us-east-2) are no misspelling."""
    if region in REGIONS:
        return ""
    near = nearest(region, sorted(REGIONS), cutoff=0.85)
    return near if _letters(near) != _letters(region) else ""


def zone(key: str, zone: str | None, region: str) -> Iterator[Problem]:
    """A zone of the region; given, except in the guide's region."""
    if misspelt(region):
        return
    example = f"{region}{'' if region[-1].isdigit() else '-'}b"
    if zone is None:
        if region != GUIDE_REGION:
            what = f"is missing: only {GUIDE_REGION} has zones by default"
            yield Problem(
                key, what, shown(None), f"a zone of {region} such as {example}", "see `aliyun ecs DescribeZones`"
            )
    elif not re.fullmatch(re.escape(example[:-1]) + "[a-z]", zone):
        yield Problem(key, f"is no zone of region {region}", shown(zone), f"a zone such as {example}")


def _is_time_zone(name: str) -> bool:
    """Judged by this machine's database; where there is none (small containers), every name passes."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # wanted only for other zones than the default

    try:
        ZoneInfo(KNOWN_TIME_ZONES[0])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return True
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _letters(region: str) -> str:
    return re.sub(r"[0-9]", "", region)
