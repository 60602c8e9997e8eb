"""Workloads beside their peers, in one run: ``python -m benchmarks [P1 P2 ...]`` from the repository's root."""
