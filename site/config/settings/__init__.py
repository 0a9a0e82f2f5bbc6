"""Settings, in layers."""
