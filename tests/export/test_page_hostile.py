"""The live page against names that would like to be more than names, and against the world outside."""

import re
from urllib.parse import urlsplit

import pytest

from tests.export.fake_monitor import FakeMonitor, column, month, snapshot
from tests.export.stage import cell, serving

pytestmark = pytest.mark.browser

HOSTILE = {
    "markup": '<img src=x onerror="window.pwned=1">',
    "script": "\"'><script>window.pwned=2</script>",
    "long": "x" * 10_240,
    "reordering": "\u202egnp.exe\u202c and \u2066more",
    "right to left": "حقل طويل في العربية",
    "control": "a\nb\tc\x00d",
    "nothing": "",
    "prototype": "__proto__",
    "constructor": "constructor",
}


def hostile_monitor():
    monitor = FakeMonitor()
    identity = (HOSTILE["markup"], '1"><i>', "<u>")
    spec = {"kind": "categorical", "n_reference": 5000}
    columns = [column(name, spec, (1000, 0.0, 0.2, 0.1, 0.1, None, 1e-12)) for name in HOSTILE.values()]
    for result in columns:
        result["reason"] = HOSTILE["markup"]
    window = snapshot(identity, month("2013-03"), columns)
    window["provenance"]["gaps"] = [HOSTILE["markup"]]
    monitor.add(
        identity, [window], reference=False, info={"owner": HOSTILE["script"], "runbook_url": "javascript:alert(1)"}
    )
    plain = monitor.distribution
    monitor.distribution = lambda *asked: (
        plain(*asked)
        | {
            "cells": [
                {"label": name, "low": None, "high": None, "reference": 0.1, "current": 0.2}
                for name in HOSTILE.values()
            ]
        }
    )
    return monitor


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_name_is_inert_text_shortened_and_whole_in_its_title(tab, kind):
    with serving(hostile_monitor()) as address:
        tab.goto(address)
        tab.wait_for_selector(".cell")
        assert sorted(tab.evaluate("[...document.querySelectorAll('.heat th .name')].map((n) => n.title)")) == sorted(
            HOSTILE.values()
        )
        row = tab.locator("tbody tr").nth(
            tab.evaluate(
                "(name) => [...document.querySelectorAll('.heat th .name')].findIndex((n) => n.title === name)",
                HOSTILE[kind],
            )
        )
        row.locator("button").hover()
        row.locator("button").click()
        tab.wait_for_selector("#panel .chart .current")
        assert tab.locator("#panel-title .name").get_attribute("title") == HOSTILE[kind]
        assert 0 < len(tab.inner_text("#panel-title")) <= 40
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", tab.inner_text("body"))
        assert tab.evaluate("window.pwned") is None
        assert tab.locator("main img, main script, i, u, main a[href^='javascript']").count() == 0
        assert "--model NAME --out" in tab.inner_text("#no-reference")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not [text for text in tab.troubles if "ERR_CONNECTION_REFUSED" not in text]


def test_the_browser_itself_would_refuse_markup_from_a_string(tab, address):
    tab.goto(address)
    refused = """() => {
        try { document.body.innerHTML = "<b>x</b>"; return false; } catch (error) { return error instanceof TypeError; }
    }"""
    assert tab.evaluate(refused)


def test_nothing_is_asked_of_another_site_and_the_console_stays_empty(tab, address, monitor):
    tab.goto(address)
    cell(tab, "temp", "2013-07").click()
    tab.wait_for_selector("#panel .chart .current")
    tab.click(".model >> nth=2")
    for _ in range(2):
        with tab.expect_response("**/api/models"):
            pass
    tab.goto(f"{address}/static/help.html")
    assert {urlsplit(url).netloc for url in tab.asked} == {urlsplit(address).netloc}
    assert tab.troubles == []
