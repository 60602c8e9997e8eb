"""The languages that rules are described in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from loyaltykit.rules.refusals import refuse
from loyaltykit.rules.words.chinese import Chinese
from loyaltykit.rules.words.english import English
from loyaltykit.rules.words.wording import Language, Wording

_LANGUAGES: Final[Mapping[str, Wording]] = {"en": English(), "zh": Chinese()}


def wording(language: Language) -> Wording:
    """The wording of a language.

    Raises:
        InvalidRuleError: rules are not described in that language.
    """
    if not isinstance(language, str) or language not in _LANGUAGES:
        raise refuse("language", "is not one that rules are described in", "use 'en' or 'zh'")
    return _LANGUAGES[language]
