"""The deployment guide's gateway as written there: the control that has to fail where the shipped one passes."""

import getpass
from pathlib import Path

TEMPLATE = Path(__file__).with_name("guide.conf.template").read_text()
STOCK = (
    f"user {getpass.getuser()};"
    + """
pid nginx.pid;
events {}
http {
    access_log access.log;
    client_body_temp_path body;
    proxy_temp_path proxy;
    include conf.d/*.conf;
}
"""
)
"""What of the stock image's main file matters here."""
