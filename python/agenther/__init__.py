"""AgentHER: turns the logs of LLM agents that failed into training data, with Polars.

>>> import agenther as ah
>>> runs = ah.Trajectory(original_prompt="Fly me to Rome", success=False).to_frame()
>>> runs.with_columns(ah.classify())["verdict"].struct.field("is_failure").to_list()
[True]
"""

from agenther import export, mapping, rules, schema
from agenther import namespaces as _namespaces  # noqa: F401 - registers `.agenther`
from agenther._native import __version__
from agenther.agreement import agreement
from agenther.expressions import analyze, classify, extract, relabel, verify
from agenther.messages import from_frame, from_messages, messages_rejects
from agenther.models import (
    Achievement,
    Analysis,
    Claim,
    Evidence,
    Fact,
    FailedAttempt,
    Grounding,
    Hindsight,
    Outcome,
    Slot,
    Source,
    Step,
    Support,
    Trajectory,
    Verdict,
    analyze_one,
    verify_one,
)
from agenther.moulds import moulds
from agenther.scan import (
    LogScan,
    RejectedRecordsError,
    RejectedRecordsWarning,
    detect_formats,
    formats,
    rejects,
    scan_logs,
    scan_rejects,
)

__all__ = [
    "Achievement",
    "Analysis",
    "Claim",
    "Evidence",
    "Fact",
    "FailedAttempt",
    "Grounding",
    "Hindsight",
    "LogScan",
    "Outcome",
    "RejectedRecordsError",
    "RejectedRecordsWarning",
    "Slot",
    "Source",
    "Step",
    "Support",
    "Trajectory",
    "Verdict",
    "__version__",
    "agreement",
    "analyze",
    "analyze_one",
    "classify",
    "detect_formats",
    "export",
    "extract",
    "formats",
    "from_frame",
    "from_messages",
    "mapping",
    "messages_rejects",
    "moulds",
    "rejects",
    "relabel",
    "rules",
    "scan_logs",
    "scan_rejects",
    "schema",
    "verify",
    "verify_one",
]
