"""The live page in a real browser: what a data scientist and an on-call person see."""

import pytest

from tests.export.stage import cell

pytestmark = pytest.mark.browser


def test_the_models_are_shown_with_verdict_rows_reference_and_time_of_the_last_prediction(tab, address):
    tab.goto(address)
    tab.wait_for_selector(".model")
    cards = tab.locator(".model").all_inner_texts()
    assert len(cards) == 3
    for said in ("flights_delay", "version 1.4.0 · production", "▲ Drifted", "278,348", "50,173 rows", "9f2c41d0",
                 "years ago", "2013-12-31 23:58 UTC"):  # fmt: skip
        assert said in cards[0]
    assert "? No reference" in cards[2]
    assert tab.inner_text("#connection") == "Live"
    assert tab.title() == "▲ 1 drifted · Model monitoring"


def test_the_selected_model_at_a_glance(tab, address):
    tab.goto(address)
    tab.wait_for_selector(".tile")
    said = tab.inner_text("#glance")
    for figure in (
        "2013-11",
        "▲ Drifted",
        "9 of 14",
        "temp, pressure",
        "91.2 %",
        "labels for 99.8 % of rows",
        "27,035",
    ):
        assert figure in said


def test_the_heat_map_has_a_cell_for_every_column_and_window_outputs_last(tab, address):
    tab.goto(address)
    tab.wait_for_selector(".cell")
    assert tab.locator(".features tr").count() == 13
    assert tab.locator(".outputs tr").count() == 1
    assert tab.locator("button.cell").count() == 14 * 10
    assert tab.locator(".features th .name").all_inner_texts()[:3] == ["temp", "dewp", "pressure"]
    assert tab.locator("td.open .cell").count() == 14


def test_a_cell_says_its_verdict_without_its_colour(tab, address):
    tab.goto(address)
    drifted, calm = cell(tab, "temp", "2013-07"), cell(tab, "carrier", "2013-03")
    assert drifted.inner_text() == "▲1.00"
    assert calm.inner_text() == "0.01"
    assert drifted.get_attribute("aria-label").startswith("temp, 2013-07: Drifted. D 0.999. ")
    assert "drift-4" in drifted.get_attribute("class")


def test_hovering_and_focusing_a_cell_explain_it(tab, address):
    tab.goto(address)
    cell(tab, "dest", "2013-11").hover()
    assert "of the rows moved" in tab.inner_text("#tip")
    assert "D 0.0810" in tab.inner_text("#tip")
    tab.mouse.move(0, 0)
    tab.wait_for_selector("#tip", state="hidden")
    tab.keyboard.press("Tab")
    while not tab.evaluate("document.activeElement.matches('.cell')"):
        tab.keyboard.press("Tab")
    tab.wait_for_selector("#tip", state="visible")


def test_the_keyboard_alone_reaches_every_cell_opens_and_closes_the_panel(tab, address):
    tab.goto(address)
    tab.wait_for_selector(".cell")
    assert tab.locator(".cell[tabindex='0']").count() == 1
    tab.focus(".cell[tabindex='0']")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "End", "ArrowLeft"):
        tab.keyboard.press(key)
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("pressure, 2013-11")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#panel")
    assert tab.inner_text("#panel-title") == "pressure"
    tab.focus("#panel .close")
    tab.keyboard.press("Escape")
    tab.wait_for_selector("#panel", state="hidden")
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("pressure, 2013-11")


def test_a_click_shows_the_reference_against_the_current_distribution(tab, address):
    tab.goto(address)
    cell(tab, "temp", "2013-07").click()
    tab.wait_for_selector("#panel .chart .current")
    assert tab.locator("#panel svg >> nth=0").locator("rect.reference").count() == 24
    said = tab.inner_text("#panel")
    for text in (
        "2013-07 · feature · numeric · severity critical",
        "of the rows moved",
        "Missing",
        "KS",
        "28,443",
        "0.9993",
    ):
        assert text in said
    assert tab.locator("#panel svg .floor").count() == 1
    assert cell(tab, "temp", "2013-07").get_attribute("aria-pressed") == "true"


def test_a_bar_says_its_range_and_a_frequent_single_value_has_its_own(tab, address):
    tab.goto(address)
    cell(tab, "precip", "2013-09").click()
    tab.wait_for_selector("#panel .chart .current", state="attached")
    said = tab.locator("#panel svg >> nth=0").locator("g > title").all_text_contents()
    assert said[0].startswith("below 0: ")
    assert said[1].startswith("exactly 0: reference 92.0 %, current ")
    assert said[2].startswith("6 to 9: ")
    assert said[-1].startswith("69 and above: ")


def test_categories_are_listed_with_both_shares_and_unseen_apart(tab, address):
    tab.goto(address)
    cell(tab, "dest", "2013-11").click()
    tab.wait_for_selector("#panel text.label")
    labels = tab.locator("#panel text.label").all_text_contents()
    assert labels[:2] == ["ATL", "ORD"]
    assert labels[-3:] == ["Missing", "Unseen", "Invalid"]


def test_accuracy_comes_with_its_coverage_and_marks_what_is_in_progress(tab, address):
    tab.goto(address)
    tab.wait_for_selector("#accuracy svg rect.coverage")
    assert tab.locator("#accuracy rect.coverage").count() == 10
    assert tab.locator("#accuracy circle.open").count() == 1
    assert "2013-12, in progress: accuracy 86.0 %, labels for 61.0 % of 27,110 rows" in tab.inner_text("#accuracy")


def test_another_model_is_shown_when_its_card_is_chosen(tab, address):
    tab.goto(address)
    tab.click(".model >> nth=1")
    tab.wait_for_selector("th[title='2026-03-20T21:00Z']")
    assert tab.locator(".features tr").count() == 4
    assert tab.locator(".cell.few").first.inner_text() == "few"


def test_the_address_keeps_what_is_selected(tab, address):
    tab.goto(address)
    cell(tab, "dewp", "2013-05").click()
    tab.wait_for_selector("#panel .chart .current")
    tab.reload()
    tab.wait_for_selector("#panel .chart .current")
    assert tab.inner_text("#panel-title") == "dewp"


def test_a_model_without_a_reference_says_which_commands_give_it_one(tab, address):
    tab.goto(f"{address}/#name=fraud_scorer")
    tab.wait_for_selector("#no-reference")
    said = tab.inner_text("#no-reference pre")
    assert "model-monitoring reference build DATA --model fraud_scorer --out fraud_scorer.mmref" in said
    assert "model-monitoring serve --reference fraud_scorer.mmref" in said


@pytest.mark.parametrize("size", [(400, 800), (768, 1000), (1600, 1000)])
def test_the_page_never_scrolls_sideways(tab, address, size):
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    tab.goto(address)
    cell(tab, "dest", "2013-11").click()
    tab.wait_for_selector("#panel .chart .current")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
