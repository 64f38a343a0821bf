"""What leaves: values in, bytes out."""
