"""What the payload room refuses.

PayloadError
├── MissingTemplateError   a room or file that is not in assets/
├── MissingValueError      a template asks for a value that nobody gave
├── TooLargeError          over a budget of the carrier
├── SecretInTextError      text that looks like a secret
└── NotAPayloadError       content that is no user data or command of ours
"""


class PayloadError(Exception):
    """Base of all errors of this room; the text says where, what was got, what is allowed, what to do."""


class MissingTemplateError(PayloadError):
    """A room or file that is not in assets/."""


class MissingValueError(PayloadError):
    """A template asks for a value that nobody gave."""


class TooLargeError(PayloadError):
    """A bundle, user data or command over the limit of its carrier."""


class SecretInTextError(PayloadError):
    """Text on its way to a host or into Terraform looks like a secret."""


class NotAPayloadError(PayloadError):
    """Content that cannot be read back as user data or a command."""
