"""Health: what looks wrong in a training, by rules that would rather miss something than cry wolf.

`HealthCheck` judges a snapshot; `RULES` and `Thresholds` are the tables that it goes by.
"""

from tui.analysis.health.check import HealthCheck
from tui.analysis.health.findings import Finding, Severity
from tui.analysis.health.histograms import Digest, Digests, digest
from tui.analysis.health.rules import DEFAULTS, RULES, Rule, Thresholds

__all__ = [
    "DEFAULTS",
    "RULES",
    "Digest",
    "Digests",
    "Finding",
    "HealthCheck",
    "Rule",
    "Severity",
    "Thresholds",
    "digest",
]
