"""The ways in: everything a hospital sends passes through `receive`."""
