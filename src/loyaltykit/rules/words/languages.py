"""Languages in which rules can be described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from loyaltykit.rules.words.chinese import Chinese
from loyaltykit.rules.words.english import English
from loyaltykit.rules.words.wording import Language, Wording, check_language

_LANGUAGES: Final[Mapping[Language, Wording]] = {"en": English(), "zh": Chinese()}


def wording(language: Language) -> Wording:
    """Return the wording of a language.

    Raises:
        InvalidRuleError: the language is not ``"en"`` or ``"zh"``.
    """
    check_language(language)
    return _LANGUAGES[language]
