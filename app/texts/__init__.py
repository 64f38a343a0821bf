"""Texts and letters of a site: its templates, or those that come with the product."""
