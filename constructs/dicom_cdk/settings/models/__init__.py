"""One frozen model per room: what a site may choose there, with the guide's value as default, hardened."""
