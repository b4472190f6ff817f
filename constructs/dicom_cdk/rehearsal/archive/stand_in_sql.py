"""Stands for the archive's SQL, which is dcm4che's: a few tables in the same shape, none with `if not exists`."""

TABLES = ["patient", "series", "study"]
SQL = {
    "create-psql.sql": "".join(f"create table {name} (pk bigint primary key, name text);\n" for name in TABLES)
    + "create sequence study_pk_seq;\n",
    "create-fk-index.sql": "create index study_name_idx on study (name);\n",
    "create-case-insensitive-index.sql": "create index study_upper_idx on study (upper(name));\n",
}
