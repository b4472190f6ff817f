"""The identity provider of a site: the keys that it publishes, as a site file takes them."""
