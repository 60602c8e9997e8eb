"""The points ledger, in the order of recording (``S1`` to ``S9``)."""
