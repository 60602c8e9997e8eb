"""The pure core: what a programme means. No clock, no input or output, no randomness."""
