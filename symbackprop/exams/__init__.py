"""Exams: variants with certificates, in the formats in which they are handed out, and the marking of answers."""

from importlib.util import find_spec

from symbackprop.errors import MissingExtra


def ready() -> None:
    """Raise where NumPy is missing, in which draws are made."""
    if find_spec("numpy") is None:
        raise MissingExtra("an exam", "exam")
