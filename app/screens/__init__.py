"""The rooms a person walks through, one file each, run by `app/main.py`."""
