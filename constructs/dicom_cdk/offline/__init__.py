"""The offline provider: Terraform's core validates and plans against recorded facts, with no network, account or download.

Knows nothing about DICOM. Rooms: `store` (facts by type), `validation`, `planning`, `companions`, `answers`
(data sources), `rehearsal` (apply), `service` (the calls of the plugin protocol), `server` (reattach), `plugin` and `mirror`
(a started plugin). Nothing here is imported before it is needed: `grpc` and `msgpack` come with the extra `plan`.
"""
