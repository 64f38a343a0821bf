"""A table to be read: a caption, headings that say what they head, and no script."""

from collections.abc import Sequence
from html import escape

import streamlit as st


def plain_table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Show *rows* under *heads*; the first cell of a row heads it."""
    st.html(table_markup(caption, heads, rows))


def table_markup(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The table as markup. Everything given is text and stays text.

    A table wider than the page scrolls within itself, so its frame takes the focus.
    """
    name = escape(caption, quote=True)
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return (
        f'<div class="vcf-plain" role="region" tabindex="0" aria-label="{name}">'
        f"<table><caption>{name}</caption><thead><tr>{top}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _cells(row: Sequence[object]) -> str:
    first, *others = (escape(str(cell)) for cell in row)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others)
