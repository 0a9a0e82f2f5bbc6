"""The model case: reads the demo's texts and plays its story through the services."""
