"""The viewer's own files, made known to Streamlit the same way from a wheel and from a checkout."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

_PACKAGE = "vcf-review"
_HOME = Path(__file__).parent
_COMPONENTS = ("viewer", "worklist", "triage")


def mounted(name: str, js: str, css: str) -> ComponentRenderer:
    """The component *name*, served file by file from `static` under a strict content policy.

    Streamlit finds manifests of installed wheels only; saying where the files are works for both.
    Styles are not isolated: within a shadow root Streamlit takes an `r` typed into a text field
    for its own shortcut, because it sees the host and not the field.
    """
    manager = get_bidi_component_manager()
    full_name = f"{_PACKAGE}.{name}"
    if manager.get_component_asset_root(full_name) is None:
        manifest = ComponentManifest(
            name=_PACKAGE,
            version="1",
            components=[ComponentConfig(each, "static") for each in _COMPONENTS],
        )
        manager.register_from_manifest(manifest, package_root=_HOME)
    return st.components.v2.component(full_name, js=js, css=css, isolate_styles=False)
