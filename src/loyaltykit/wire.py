"""JSON both ways for everything that a shop sends or reads.

A class has its wire form once its module is loaded: those of all classes with one are imported here.
"""

import loyaltykit.answers
import loyaltykit.domain.transactions.edits
import loyaltykit.domain.transactions.merges
import loyaltykit.loyalty
import loyaltykit.matching
import loyaltykit.quality
import loyaltykit.records  # noqa: F401
from loyaltykit.serialization import from_json, schema, to_json

__all__ = ["from_json", "schema", "to_json"]
