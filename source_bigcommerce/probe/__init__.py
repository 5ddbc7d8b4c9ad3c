"""The probe: asks a live store what the documentation of its API leaves open. See docs/live-store.md."""
