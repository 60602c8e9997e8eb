"""Matching: which member records belong to one person."""

from loyaltykit.domain.matching.blocking import Crowd
from loyaltykit.domain.matching.matching import LikelyPair, MatchGroup, MatchPolicy, MatchReport, find_matches

__all__ = ["Crowd", "LikelyPair", "MatchGroup", "MatchPolicy", "MatchReport", "find_matches"]
