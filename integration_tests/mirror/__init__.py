"""Proofs that a copy becomes equal to its store (promises P8 and P9)."""
