"""The page's files: all there, of the right type, and nothing beside them can be had."""

import re
from pathlib import Path

import pytest

import model_monitoring_processor.export
from tests.export.test_api import Client

FOLDER = Path(model_monitoring_processor.export.__file__).parent / "page"
FILES = sorted(path.name for path in FOLDER.iterdir())


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_page_is_served_with_a_type_that_a_browser_accepts(monitor, name):
    expected = {"css": "text/css", "html": "text/html", "js": "text/javascript", "svg": "image/svg+xml"}
    answer = Client(monitor).get(f"/static/{name}")
    assert answer.content == (FOLDER / name).read_bytes()
    assert answer.headers["content-type"].startswith(expected[name.rpartition(".")[2]])


@pytest.mark.parametrize(
    "name", ["nothing.js", "../api.py", "..%2fapi.py", "%2e%2e/api.py", "..\\api.py", "/etc/passwd", ".", "app.js/"]
)
def test_nothing_else_is_served(monitor, name):
    assert Client(monitor).get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_another_site_or_parses_text_as_html(name):
    text = (FOLDER / name).read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://\w", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=[\"']", text)


def test_the_page_asks_only_for_files_that_are_there():
    asked = set()
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r'(?:static/|from "\./)([\w.]+)"', text))
    assert asked <= set(FILES)
    assert set(FILES) - asked == {"index.html"}
