from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from app.screens.redaction_pane import redaction_pane
    from store.domain.redaction import Known

    text = "Dr Jane Smith saw Quixley on 12/05/2024.\nThe *lungs* are <b>clear</b> at Bron."
    st.session_state["said"] = redaction_pane("Excerpt", text, Known(names=("Quixley",)), "a")


def test_suggestions_are_ticked_taken_back_and_added_to_and_the_result_is_edited() -> None:
    shown = AppTest.from_function(page, default_timeout=60).run()
    assert shown.session_state["said"] == (
        "[name] saw [name] on [date].\nThe *lungs* are <b>clear</b> at Bron."
    )
    assert all(box.value for box in shown.checkbox)
    shown.checkbox[2].uncheck().run()
    assert "on 12/05/2024" in shown.session_state["said"]
    shown.text_input[0].input("bron")
    shown.button[0].click().run()
    assert "at [redacted]." in shown.session_state["said"]
    shown.text_area[0].input("Nothing but this.").run()
    assert shown.session_state["said"] == "Nothing but this."


def test_the_original_is_shown_letter_by_letter() -> None:
    shown = AppTest.from_function(page, default_timeout=60).run()
    said = " ".join(one.value for one in shown.markdown)
    assert r"\*lungs\*" in said
    assert r"\<b\>" in said
    assert "~~Quixley~~" in said
