"""Diagnosis of telephones by telephone: from the caller's words to one of four verdicts."""

__version__ = "0.4.0"
