# shellcheck shell=sh
# Sourced in the container (busybox sh). The server's whole configuration is a function of the environment, the memory files
# and this file; nothing of it is kept, so nothing of it can be half done or out of date.
R=${DICOM_ROOT:-}
CONF=$R/etc/openldap/slapd.d
DATA=$R/var/lib/openldap/openldap-data

# Everything that can fail is asked for before it is used: what fails inside a pipe or a here-document, nobody would notice.
password() {
  word=$(cat "$R/run/secrets/$1") || return 1
  [ -n "$word" ] || { echo "/run/secrets/$1 is empty" >&2 && return 1; }
  printf %s "$word"
}

hashed() { plain=$(password "$1") && printf %s "$plain" | slappasswd -n -T /dev/stdin; }

# The schema files of the image: the basic ones, then its own in their order. Several in one stream: only blank lines between.
schemas() {
  for f in core cosine inetorgperson ${LDAP_INIT_SCHEMA:?}; do
    sed '/^version:/d' "$R/etc/openldap/schema/${f%.ldif}.ldif" || return 1
    echo
  done
}

# config FOLDER: cn=config as LDIF for a database in FOLDER.
config() {
  root=$(hashed ldap-root) && admin=$(hashed ldap-config) && key=$(password ldap-root) && schemas=$(schemas) || return 1
  cat <<LDIF || return 1
dn: cn=config
objectClass: olcGlobal
cn: config
olcServerID: $SERVER_ID
olcIdleTimeout: 600
olcPidFile: $R/run/openldap/slapd.pid
olcArgsFile: $R/run/openldap/slapd.args

dn: cn=module,cn=config
objectClass: olcModuleList
cn: module
olcModulePath: $R/usr/lib/openldap
olcModuleLoad: back_mdb.so
olcModuleLoad: syncprov.so

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

$schemas

dn: olcDatabase=config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: config
olcRootDN: cn=admin,cn=config
olcRootPW: $admin

dn: olcDatabase=mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: mdb
olcSuffix: $LDAP_BASE_DN
olcRootDN: cn=admin,$LDAP_BASE_DN
olcRootPW: $root
olcDbDirectory: $1
olcDbMaxSize: 1073741824
olcDbIndex: objectClass eq
olcDbIndex: entryUUID eq
olcDbIndex: entryCSN eq
olcAccess: to * by dn.exact=gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth manage by * break
olcAccess: to attrs=userPassword by self write by anonymous auth by * none
olcAccess: to attrs=dcmProperty by * none
olcAccess: to * by users read by * none
olcSyncrepl: rid=00$PEER_ID provider=$PEER_URL searchbase="$LDAP_BASE_DN" bindmethod=simple binddn="cn=admin,$LDAP_BASE_DN"
  credentials="$key" type=refreshAndPersist retry="2 +" timeout=3 network-timeout=3 keepalive=5:3:2
olcMultiProvider: TRUE

dn: olcOverlay=syncprov,olcDatabase={1}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcSyncProvConfig
olcOverlay: syncprov
olcSpCheckpoint: 100 1
LDIF
}

# make_config [FOLDER]
make_config() {
  rm -rf "${CONF:?}"/*
  text=$(config "${1:-$DATA}") || { echo "the server's configuration could not be made; the line above says why" >&2 && return 1; }
  printf '%s\n' "$text" | slapadd -n 0 -F "$CONF"
  chown -R "${LDAP_USER_ID:-1021}:${LDAP_GROUP_ID:-1021}" "$CONF" "$DATA"
}
