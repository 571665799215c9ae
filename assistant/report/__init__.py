"""A conversation as files to keep, and the way back: running a report's commands again."""
