"""Measurements, each a module to run; what they print is ratios and differences within one run."""
