"""The quality report: what is missing, invalid, stale, contradictory or duplicated in member records."""

from loyaltykit.domain.quality.issues import ChannelQuality, IssueChange, QualityIssue
from loyaltykit.domain.quality.report import QualityChange, QualityReport
from loyaltykit.domain.quality.review import quality_report

__all__ = ["ChannelQuality", "IssueChange", "QualityChange", "QualityIssue", "QualityReport", "quality_report"]
