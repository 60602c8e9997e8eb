"""Every language names everything, and once."""

import pytest

from loyaltykit.rules.catalogue import LINE_FIELDS, MEMBER_FIELDS, METRICS, PURCHASE_FIELDS
from loyaltykit.rules.words.languages import wording
from loyaltykit.rules.words.wording import Language

LANGUAGES: list[Language] = ["en", "zh"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_name_for_everything(language: Language) -> None:
    """The same names as the catalogue, none twice."""
    words = wording(language)
    tables = (words.member, words.purchase, words.line, words.metrics)
    for names, known in zip(tables, (MEMBER_FIELDS, PURCHASE_FIELDS, LINE_FIELDS, METRICS), strict=True):
        assert list(names) == list(known)
        assert len(set(names.values())) == len(names)
