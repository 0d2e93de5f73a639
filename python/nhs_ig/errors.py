"""Everything that can go wrong, grouped by who must act.

Each error has a stable dotted ``code`` and a ``context`` of named facts (column, row, count, line). No message
and no context ever holds a cell value or a key.
"""

from __future__ import annotations


class IgError(Exception):
    """An error of this library.

    ``code`` is a stable dotted word such as ``identifier.check_digit``; ``context`` maps names to text.
    """

    code: str
    context: dict[str, str]

    def __init__(self, message: str, code: str, context: dict[str, str] | None = None) -> None:
        """Keep message, code and context."""
        super().__init__(message)
        self.code = code
        self.context = dict(context or {})

    def __str__(self) -> str:
        """Show the code with the message."""
        return f"[{self.code}] {self.args[0]}"

    def __reduce__(self) -> tuple[type[IgError], tuple[str, str, dict[str, str]]]:
        """Pickle with all three parts, so that errors of worker processes arrive whole."""
        return type(self), (self.args[0], self.code, self.context)


class IdentifierError(IgError):
    """The data: an identifier is not what it should be."""


class KeyError(IgError):  # noqa: A001 - the group's name in every language; nhs_ig.errors.KeyError is not the builtin
    """The key holder: a key is missing, weak, exposed or the wrong one."""


class PolicyError(IgError):
    """The analyst: a disclosure rule cannot be met as asked."""


class AccessError(IgError):
    """The information-governance lead: the agreement or an opt-out forbids it."""


class ExportError(IgError):
    """The person releasing: an output may not leave or cannot be written."""


class AuditError(IgError):
    """The audit owner: a record cannot be written or a log does not verify."""


class MisuseError(IgError):
    """The programmer: a call, a column or a file is not of the expected kind."""
