"""Stands for the archive's container: what host steps and clients can tell of it. WildFly and dcm4chee cannot be had here.

How it starts, and what it keeps, is `life`'s; what compose gives it `container`'s, what it answers over HTTP `over_http`'s, what it
does with images, where there is a shared folder, `storage`'s.

Run as a program with STATE, a folder (`received`: number of sample images that were sent; `bind-fails`: the next reload leaves 2762
closed; `database-session`: queries of patients ask the database; `queues`: tasks by status; `pace.json`: see images),
VOLUME (mounted as /opt/wildfly/standalone), COMPOSE_FILE, and the variables that fill it.
Like the real one it asks nobody who he is; it listens where the compose file publishes it.
"""

from dicom_cdk.rehearsal.archive.container import published
from dicom_cdk.rehearsal.archive.life import Archive
from dicom_cdk.rehearsal.archive.over_http import Handler, Server

if __name__ == "__main__":
    Handler.archive = Archive()
    Handler.archive.start()
    Server((published(), 8080), Handler).serve_forever()
