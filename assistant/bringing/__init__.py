"""A visitor's own model and data: looking at a file, matching its labels with a model's classes, and the workspace of both."""
