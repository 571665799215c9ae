"""Typed programs: what they are, their text and JSON forms, and their grammar."""
