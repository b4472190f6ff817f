"""Stands for the archive's SQL of several releases: a schema of 5.25 and the updates to 5.34, written by us in the shape of
dcm4chee-arc's: its names of tables and columns where a release is told by them, a few rows' worth of the rest.
"""

BORN = """\
create table person_name (pk bigint primary key, alphabetic_name text, ideographic_name text, phonetic_name text);
create table issuer (pk bigint primary key, entity_id text);
create table patient_id (pk bigint primary key, pat_id text not null, issuer_fk bigint references issuer);
create table patient (pk bigint primary key, patient_id_fk bigint references patient_id, pat_name_fk bigint references person_name);
create table study (pk bigint primary key, patient_fk bigint references patient, study_iuid text unique);
create table series (pk bigint primary key, study_fk bigint references study, series_iuid text, modified_at timestamp);
create table instance (pk bigint primary key, series_fk bigint references series, sop_iuid text unique);
create table location (pk bigint primary key, instance_fk bigint references instance, storage_id text, storage_path text);
create table mwl_item (pk bigint primary key, local_aet text);
create table task (pk bigint primary key, exporter_id text, queue_name text, task_status smallint);
create table ups (pk bigint primary key);
"""
"""Whole schema of 5.25; a table a line."""

UPDATES = {
    "5.26": ["create table rel_ups_station_name_code (ups_fk bigint not null, station_name_code_fk bigint not null);\n"
    "alter table patient_id add entity_id text, add entity_uid text, add entity_uid_type text;\n"
    "update patient_id set entity_id = (select entity_id from issuer where issuer.pk = issuer_fk);\n"
    "alter table patient_id drop issuer_fk;\ndrop table issuer;\n"],
    "5.27": ["create table instance_req (pk bigint primary key);\n"],
    "5.28": ["create table key_value (pk bigint primary key);\n"],
    "5.29": ["create table key_value2 (pk bigint primary key);\n", "drop table key_value;\n"],
    "5.30": ["alter table mwl_item add worklist_label text;\n", "update mwl_item set worklist_label = local_aet;\n",
        "alter table mwl_item drop local_aet;\n"],
    "5.31": ["alter table patient_id add patient_fk bigint references patient;\n",
        "update patient_id set patient_fk = (select patient.pk from patient where patient_id_fk = patient_id.pk);\n",
        "alter table patient drop patient_id_fk;\n"],
    "5.31.1": ["create index idxe6odcfrgswxke8wtlj8bdehet on task (exporter_id);\n"],
    "5.32": ["alter table study add study_deleting boolean;\n", "update study set study_deleting = false;\n",
        "alter table study alter study_deleting set not null;\n"],
    "5.33": ["alter table series add access_control_id text;\n", "update series set access_control_id = '*';\n", ""],
    "5.34": ["alter table patient_id add pat_name text;\n",
        "update patient_id set pat_name = coalesce((select alphabetic_name from person_name join patient "
        "on person_name.pk = pat_name_fk where patient.pk = patient_fk), '*'), entity_id = coalesce(entity_id, '*');\n"
        "alter table patient_id add constraint patient_id_one unique (pat_id, entity_id, pat_name);\n",
        "alter table patient_id alter pat_name set not null;\n"],
}  # fmt: skip
"""By release, in order: one part, or the two or three that the image has in files of their own."""


def files() -> dict[str, str]:
    """The scripts by the names that the image gives them: of one part whole, of several ``-1``, ``-2``, ``-3``."""
    found = {}
    for name, parts in UPDATES.items():
        if len(parts) == 1:
            found[f"update-{name}-psql.sql"] = parts[0]
        else:
            found |= {f"update-{name}-{number}-psql.sql": text for number, text in enumerate(parts, 1) if text}
    return found
