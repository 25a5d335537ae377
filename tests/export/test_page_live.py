"""The live page while things change: new figures, new windows, a processor that goes away and comes back."""

import re
from urllib.parse import urlsplit

import pytest

from tests.export.fake_monitor import FLIGHTS, FakeMonitor, flights
from tests.export.stage import cell, serving

pytestmark = pytest.mark.browser

PRETEND_HIDDEN = """(hidden) => {
    Object.defineProperty(document, "hidden", {configurable: true, value: hidden});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def polls(tab):
    return sum(url.endswith("/api/models") for url in tab.asked)


def test_a_poll_updates_the_figures_and_keeps_nodes_selection_and_focus(tab, address, monitor):
    tab.goto(address)
    chosen = cell(tab, "temp", "2013-07")
    chosen.click()
    tab.wait_for_selector("#panel .chart .current")
    tab.evaluate("window.kept = document.activeElement; kept.mark = 1")
    windows = flights(last_open=False)
    temp = next(result for result in windows[4]["columns"] if result["name"] == "temp")
    temp |= {"effect": 0.123, "reason": "Corrected by late rows."}
    monitor.add(FLIGHTS, windows)
    tab.wait_for_selector("text='Corrected by late rows.'")
    assert chosen.inner_text() == "▲0.12"
    assert chosen.get_attribute("aria-pressed") == "true"
    assert tab.evaluate("document.activeElement === kept && kept.mark === 1 && kept.isConnected")
    assert tab.locator("td.open").count() == 0


def test_a_new_window_appears_by_itself(tab, address, monitor):
    monitor.add(FLIGHTS, flights(3))
    tab.goto(address)
    tab.wait_for_selector('th[title="2013-05"]')
    monitor.add(FLIGHTS, flights(4))
    tab.wait_for_selector('th[title="2013-06"]')
    assert tab.locator("thead th").count() == 1 + 4


def test_without_any_model_the_page_says_how_to_begin(tab):
    monitor = FakeMonitor()
    with serving(monitor) as address:
        tab.goto(address)
        tab.wait_for_selector("#empty")
        assert "@monitor_model" in tab.inner_text("#empty")
        monitor.add(FLIGHTS, flights(2))
        tab.wait_for_selector(".cell")
        assert not tab.is_visible("#empty")


def test_an_unreachable_processor_is_told_since_when_and_found_again(tab, monitor):
    with serving(monitor) as address:
        tab.goto(address)
        tab.wait_for_selector(".cell")
    tab.wait_for_selector("#alert")
    assert re.search(r"has not answered since \d\d:\d\d:\d\d UTC. What is shown here is from", tab.inner_text("#alert"))
    assert "Unreachable for" in tab.inner_text("#connection")
    assert tab.is_visible(".cell")
    with serving(monitor, urlsplit(address).port):
        tab.wait_for_selector("#alert", state="hidden")
        assert tab.inner_text("#connection") == "Live"


def test_an_error_of_the_processor_is_not_called_silence(tab, address, monitor):
    tab.goto(address)
    tab.wait_for_selector(".cell")
    monitor.models = lambda: 1 / 0
    tab.wait_for_selector("#alert")
    assert "answered with an error (500)" in tab.inner_text("#alert")


def test_a_hidden_page_stops_asking_and_begins_again_when_seen(tab, address):
    tab.clock.install()
    tab.goto(address)
    tab.wait_for_selector(".cell")
    tab.evaluate(PRETEND_HIDDEN, True)
    tab.wait_for_selector("text='Paused while hidden'")
    asked = polls(tab)
    tab.clock.run_for(60_000)
    assert polls(tab) == asked
    tab.evaluate(PRETEND_HIDDEN, False)
    tab.wait_for_selector("text='Live'")
    assert polls(tab) > asked
