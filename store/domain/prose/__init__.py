"""Rules that read a radiology report and suggest what it says of vertebral fractures.

They suggest; a person decides. `suggest.suggest` is the way in.
"""
