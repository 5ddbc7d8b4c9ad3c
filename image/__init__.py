"""Builds the connector's container image with whatever engine and base image are at hand."""
