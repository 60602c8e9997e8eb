"""Records that may be of one person."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

import loyaltykit as lk
from loyaltykit.domain.matching.matching import MatchPolicy

PHONE, OTHER = "+8613800008888", "+8613900009999"
MERGE = MatchPolicy(policy="merge")


def person(id: str, **parts: Any) -> lk.Member:
    return lk.Member(id=id, **parts)


NAMES = ["", "anna smith", "anna smyth", "smith anna", "张三", "张三丰", "johannes smith", "johanes smith"]
PHONES = [None, PHONE, "13800008888", "138****8888", "139xxxxx9999", OTHER, "+8613900008888"]
people = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "phone": st.sampled_from(PHONES),
        "email": st.sampled_from([None, "li@example.com", "li@example.org", "wang@example.com"]),
        "birthday": st.sampled_from([None, date(1990, 2, 28), lk.Birthday(2, 28), date(1991, 2, 28)]),
        "gender": st.sampled_from([None, "male", "female"]),
        "region": st.sampled_from([None, "Wuhan"]),
        "contacts": st.sampled_from([(), (lk.Contact("address", "1 Tea Street"),)]),
        "external_ids": st.sampled_from([{}, {"wechat": "o1"}, {"wechat": "o2"}]),
    }
)
crowds = st.lists(people, max_size=8).map(lambda parts: [person(f"m{i}", **given) for i, given in enumerate(parts)])
