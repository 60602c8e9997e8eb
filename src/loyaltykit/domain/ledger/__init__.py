"""The points ledger, in recording order (``S1`` to ``S9``)."""
