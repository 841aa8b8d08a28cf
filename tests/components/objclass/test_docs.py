"""The documentation holds together: every link leads somewhere, every page is found."""

import re
from pathlib import Path

import pytest

from .source_code import REPOSITORY

README = REPOSITORY / "README.md"
PAGES = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((REPOSITORY / "docs").glob("*.md")),
    *sorted((REPOSITORY / "benchmarks").glob("*.md")),
]
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
CODE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def text_of(page: Path) -> str:
    """Return what a page says, without what is code in it."""
    return re.sub(
        r"^( *)```.*?^\1```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL
    )


def links(page: Path) -> set[str]:
    """Return where a page leads to, other than to the web."""
    found = {first or second for first, second in LINK.findall(text_of(page))}
    return {link for link in found if not re.match(r"https?://|mailto:", link)}


def anchors(page: Path) -> set[str]:
    """Return the names that GitHub gives the headings of a page."""
    found = set()
    for heading in HEADING.findall(text_of(page)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading_that_exist(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(REPOSITORY), link
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_found_from_the_readme() -> None:
    found, waiting = set[Path](), [README]
    while waiting:
        page = waiting.pop()
        if page in found:
            continue
        found.add(page)
        targets = ((page.parent / link.split("#")[0]).resolve() for link in links(page))
        waiting += [target for target in targets if target.suffix == ".md"]
    assert set((REPOSITORY / "docs").glob("*.md")) <= found
    assert REPOSITORY / "CONTRIBUTING.md" in found


def test_every_picture_of_the_documentation_is_shown() -> None:
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    pictures = set((REPOSITORY / "docs" / "images").glob("*.png"))
    assert pictures <= shown, {path.name for path in pictures - shown}


def test_every_room_is_in_the_picture_of_the_house() -> None:
    """CONTRIBUTING's table names every file and folder of the integration."""
    page = (REPOSITORY / "CONTRIBUTING.md").read_text()
    text = page.partition("| Room |")[2].partition("\n\n")[0]
    house = REPOSITORY / "custom_components" / "objclass"
    rooms = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in house.iterdir()
        if path.suffix == ".py" or path.is_dir()
    } - {"__pycache__/", "__init__.py"}
    named = set(re.findall(r"`([\w/.]+)`", text))
    assert rooms <= named, rooms - named
    # Every file of the table is there.
    table = set(re.findall(r"`([\w.]+\.py)`", text))
    assert table <= {path.name for path in house.rglob("*.py")}
