"""The front door: leads on to the first room the person may enter."""

import streamlit as st

st.switch_page(f"screens/{st.session_state['first room']}.py")
