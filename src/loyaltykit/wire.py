"""JSON both ways for everything that a shop sends or reads.

A class has its wire form once its module is loaded: those of all classes with one are imported here.
"""

from typing import Final

from loyaltykit import answers, matching, quality, records
from loyaltykit.domain.transactions import edits, merges
from loyaltykit.loyalty import intake
from loyaltykit.serialization import from_json, schema, to_json

__all__ = ["from_json", "schema", "to_json"]

LOADED: Final = (answers, edits, intake, matching, merges, quality, records)
"""Modules that are imported for the classes that they register."""
