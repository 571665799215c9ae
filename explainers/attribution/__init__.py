"""Attribution: which parts of a text speak for a class, by any of METHODS."""

from explainers.attribution.explain import attribute, attribute_many
from explainers.attribution.method import Method, Scores, Task
from explainers.attribution.registry import METHODS

__all__ = ["METHODS", "Method", "Scores", "Task", "attribute", "attribute_many"]
