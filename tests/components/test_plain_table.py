from components.plain_table import table_markup


def test_what_is_given_is_text_and_stays_text() -> None:
    markup = table_markup('<b>"Rates"</b>', ("<i>",), [("<script>alert(1)</script>", 3)])
    for tag in ("<b>", "<i>", "<script>", '"Rates"'):
        assert tag not in markup
    assert '<th scope="row">&lt;script&gt;alert(1)&lt;/script&gt;</th><td>3</td>' in markup


def test_a_table_says_its_name_and_what_heads_what() -> None:
    markup = table_markup("Steps", ("Step", "Count"), [("Received", 3)])
    assert '<caption>Steps</caption><thead><tr><th scope="col">Step</th>' in markup
    assert '<div class="vcf-plain" role="region" tabindex="0" aria-label="Steps">' in markup
