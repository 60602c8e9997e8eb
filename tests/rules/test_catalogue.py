"""The built-in fields and metrics: one table that words, languages and checks agree with."""

from loyaltykit.rules import line, member, purchase, terms
from loyaltykit.rules.catalogue import LINE_FIELDS, MEMBER_FIELDS, METRICS, PURCHASE_FIELDS
from loyaltykit.rules.nodes import Fact


def test_every_built_in_field_has_its_word() -> None:
    """What a type checker offers is what the catalogue has."""
    for word, fields in ((member, MEMBER_FIELDS), (purchase, PURCHASE_FIELDS), (line, LINE_FIELDS)):
        assert list(type(word).__annotations__) == list(fields)


def test_every_metric_has_its_word() -> None:
    """``events`` takes the kind."""
    words = {name for name in METRICS if isinstance(getattr(terms, name), terms.FactTerm)}
    assert words | {"events"} == set(METRICS)
    assert all(getattr(terms, name).reference == Fact(name) for name in words)
