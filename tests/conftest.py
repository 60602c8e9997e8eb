"""Hypothesis profiles, and a seed that every run prints."""

import os
import secrets

import pytest
from hypothesis import HealthCheck, settings

# The machine may be slow and busy: a deadline would fail tests that are right.
settings.register_profile("ci", max_examples=50, stateful_step_count=30, deadline=None, print_blob=True)
settings.register_profile(
    "long",
    max_examples=500,
    stateful_step_count=80,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed before Hypothesis' own plugin reads the option, so that it can be told.

    What gates a change runs the same examples every time; the long suite looks for new ones.
    """
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = (
            str(secrets.randbits(32)) if settings.get_current_profile_name() == "long" else "0"
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how to repeat this run, and what long tests have to tell."""
    for report in terminalreporter.stats.get("passed", []):
        for name, text in report.user_properties:
            if name == "told":
                terminalreporter.write_line(text)
    profile = os.environ.get("HYPOTHESIS_PROFILE", "ci")
    terminalreporter.write_line(
        f"hypothesis: profile {profile}; repeat with --hypothesis-seed={config.option.hypothesis_seed}"
    )
