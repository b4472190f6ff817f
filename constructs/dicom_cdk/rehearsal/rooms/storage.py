"""Storage: the entries step on the archive host, through the balancer's address, against the real directory."""

from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.rooms import receiving
from dicom_cdk.rehearsal.stage import Stage, machine_of

ROOM = "storage"
L, G = "directory/l", "directory/g"


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """Absent, present, changed, rotated; or the shared folder's, where the site has one."""
    if (with_folder := receiving.steps_of(stage.site)) is not None:
        receiving.set_up(stage, checks, *with_folder)
        _tenants(stage, checks)
        return
    entries = next(step for step in stage.site.steps if step.room == ROOM)
    values = entries.values
    device = f"dicomDeviceName={values['device_name']},cn=Devices,cn=DICOM Configuration,{values['base_dn']}"
    dn = f"dcmStorageID={values['storage_id']},{device}"

    def properties(path: str) -> str:
        return stage.ldap(path, "ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", dn).stdout

    with checks.check(ROOM, "absent: added, read back, AE titles store there") as said:
        said.append(stage.must(entries).strip().splitlines()[-1])
        expect(f"container={values['bucket']}" in properties(L), "the bucket is not in the entry")
        expect("trust-all-certs" not in properties(L), "TLS verification is switched off")
    with checks.check(ROOM, "present: nothing to do"):
        expect(stage.must(entries).strip() == "unchanged", "the second run changed something")
    with checks.check(ROOM, "changed by hand: brought back"):
        wrong = f"dn: {dn}\nchangetype: modify\nreplace: dcmURI\ndcmURI: file:///elsewhere\n"
        expect(stage.ldap(L, "ldapmodify", text=wrong).returncode == 0, "could not change the entry")
        expect("brought" in stage.must(entries), "the change stayed")
    with checks.check(ROOM, "key rotated: new one in, old one out"):
        name = stage.site.secret_names["storage-credential"]
        old = stage.api.secrets[name]
        stage.api.secrets[name] = old[::-1] + "0"
        stage.must(next(step for step in stage.site.steps if step.entry == "boot" and step.host == entries.host))
        stage.must(entries, generation="rotated")
        expect(stage.api.secrets[name] in properties(L), "the new key is not there")
        expect(f"credential={old}\n" not in properties(L), "the old key is still there")
    _tenants(stage, checks)
    if faults and stage.balancer:
        with checks.check(ROOM, "primary node down: the balancer's address moves, the step goes on"):
            stage.network.address(machine_of(L), stage.balancer, remove=True)
            stage.network.address(machine_of(G), stage.balancer)
            try:
                answer = stage.must(entries).strip()
                expect(answer == "unchanged", f"g holds other entries than l: {answer}")
            finally:
                stage.network.address(machine_of(G), stage.balancer, remove=True)
                stage.network.address(machine_of(L), stage.balancer)


def _tenants(stage: Stage, checks: Checks) -> None:
    """For a site that has some: each AE title in a place of its own, and what tells them apart."""
    step = next((step for step in stage.site.steps if step.room == "tenants"), None)
    if step is None:
        return
    values = step.values
    device = f"dicomDeviceName={values['device_name']},cn=Devices,cn=DICOM Configuration,{values['base_dn']}"
    # Its folder is the one that the rehearsal mounted.
    told = stage.receiving.told if isinstance(stage.receiving, receiving.Receiving) else {}

    def attributes(dn: str) -> list[str]:
        asked = ("-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", dn)
        return stage.ldap(L, "ldapsearch", *asked).stdout.splitlines()

    with checks.check(
        ROOM, "tenants: each AE title has a place of its own, and what comes in at it is found at it alone"
    ) as said:
        stage.must(step, **told)
        for tenant in values["tenants"]:
            title = tenant["ae_title"]
            there, place = (
                attributes(f"dicomAETitle={title},{device}"),
                attributes(f"dcmStorageID={tenant['storage_id']},{device}"),
            )
            for line in (f"dcmStoreAccessControlID: {title}", f"dcmAccessControlID: {title}"):
                expect(line in there, f"{title} lacks {line}")
            expect(
                f"dcmProperty: container={tenant['bucket']}" in place, f"{title} does not store in {tenant['bucket']}"
            )
            expect(
                not tenant["prefix"]
                or any(f"={tenant['prefix']}/" in line or f": {tenant['prefix']}/" in line for line in place),
                f"{title} does not store below {tenant['prefix']}",
            )
        own = attributes(f"dicomAETitle={values['model']},{device}")
        expect(
            f"dcmStoreAccessControlID: {values['model']}" in own,
            "tenants find what comes in at the site's own AE title",
        )
        expect(
            not any(line.startswith("dcmAccessControlID:") for line in own),
            "the site's own AE title finds less than all",
        )
        said.append(f"{len(values['tenants'])} tenants")
    with checks.check(ROOM, "tenants: present, nothing to do, and the site's own step leaves them alone"):
        expect(stage.must(step, **told).strip() == "unchanged", "the second run changed something")
        before = attributes(f"dicomAETitle={values['tenants'][0]['ae_title']},{device}")
        if isinstance(stage.receiving, receiving.Receiving):
            stage.receiving.run()
        else:
            stage.must(next(one for one in stage.site.steps if one.room == ROOM))
        expect(
            attributes(f"dicomAETitle={values['tenants'][0]['ae_title']},{device}") == before, "a tenant was changed"
        )
