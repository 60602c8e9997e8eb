"""Languages in which rules can be described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from loyaltykit.rules.refusals import refuse
from loyaltykit.rules.words.chinese import Chinese
from loyaltykit.rules.words.english import English
from loyaltykit.rules.words.wording import Language, Wording

_LANGUAGES: Final[Mapping[str, Wording]] = {"en": English(), "zh": Chinese()}


def wording(language: Language) -> Wording:
    """Return the wording of a language.

    Raises:
        InvalidRuleError: the language is not ``"en"`` or ``"zh"``.
    """
    if not isinstance(language, str) or language not in _LANGUAGES:
        raise refuse("language", "is not a language of descriptions", "use 'en' or 'zh'")
    return _LANGUAGES[language]
