"""The slices of all streams read in parallel with the CDK's concurrent framework."""
