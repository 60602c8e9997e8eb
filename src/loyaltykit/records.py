"""Member records: reading, checking and comparing them, and their JSON Schema."""

from loyaltykit.domain.forms.checker import RecordChecker, check_record, record_of
from loyaltykit.domain.forms.json_schema import member_schema
from loyaltykit.domain.members.diff import FieldChange, difference
from loyaltykit.domain.views.record_versions import RecordVersion

__all__ = [
    "FieldChange",
    "RecordChecker",
    "RecordVersion",
    "check_record",
    "difference",
    "member_schema",
    "record_of",
]
