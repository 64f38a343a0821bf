"""An invented hospital, received through the same intake as a real one."""
