"""Identity providers, by a stand-in and by Keycloak, and the tokens that they and others make."""
