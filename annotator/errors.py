"""Everything this package raises on purpose.

AnnotatorError            exit code 1
├── BadArgument           2   an option, path or setting that cannot be used: nothing was done
├── BadDocument           1   one story cannot be used; a batch rejects it and goes on
├── BadAnnotation         1   spans or references that do not hold together
├── ModelMissing          2   weights that are not there, or an optional package that is not installed
├── LabelStudioError      3   the server is down, refuses, or holds something we did not put there
├── Busy                  4   another run holds the same folder or project
└── Conflict              5   people's choices about who is who that speak against each other
"""


class AnnotatorError(Exception):
    """The root of the tree: its text is one line that says what, where, and what to do."""

    exit_code = 1


class BadArgument(AnnotatorError):
    """An argument that cannot be used; raised before anything was done."""

    exit_code = 2


class BadDocument(AnnotatorError):
    """A story that cannot be used: `stage` names where it failed, `where` the file or line."""

    def __init__(self, reason: str, *, where: str = "", stage: str = "read") -> None:
        super().__init__(f"{where}: {reason}" if where else reason)
        self.reason = reason
        self.where = where
        self.stage = stage


class BadAnnotation(AnnotatorError):
    """An annotation whose spans, values or references do not hold together."""


class ModelMissing(AnnotatorError):
    """Weights or an optional package that are needed and not there."""

    exit_code = 2


class LabelStudioError(AnnotatorError):
    """Label Studio is down, refuses the token, or holds something that we must not touch."""

    exit_code = 3


class Busy(AnnotatorError):
    """Somebody else is writing to the same folder or project."""

    exit_code = 4


class Conflict(AnnotatorError):
    """Two choices that people made about who is who cannot both hold; nothing was done."""

    exit_code = 5
