"""Settings of the documentation."""

project = "Synopse"
author = "the Synopse maintainers"
copyright = "2026, the Synopse maintainers"  # noqa: A001  # Sphinx's name
extensions = ["myst_parser"]
html_theme = "furo"
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
