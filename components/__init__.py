"""What is shown: imaging, the viewer, charts and tables."""
