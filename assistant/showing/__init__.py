"""Answers on a page and in a terminal: evidence, plots, and the texts of the interface."""
