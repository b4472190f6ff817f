"""What an apply leaves in the state: what the configuration left out is filled as the real Create and Read fill it.

The facts are provider/read-back.json, their language provider/read-back.md. Rooms: `state` (a resource, attribute by attribute),
`rule` (one rule), `likes` (values that follow from others), `json_texts` (those inside JSON texts), `conversions` (the same fact
in another form), `general` (no fact).
"""
