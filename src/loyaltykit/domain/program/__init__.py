"""The programme: everything that a shop declares, as plain values."""
