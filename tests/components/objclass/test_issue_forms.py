"""Who reports a problem is asked for what is needed to understand it."""

import re

from homeassistant.util.yaml import load_yaml_dict

from .source_code import REPOSITORY, load_json

FORMS = REPOSITORY / ".github" / "ISSUE_TEMPLATE"
# https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
KINDS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


def test_a_report_says_what_happened_on_what_with_diagnostics_and_log() -> None:
    form = load_yaml_dict(str(FORMS / "bug.yml"))
    assert {"name", "description", "body"} <= form.keys()
    fields = [item for item in form["body"] if item["type"] != "markdown"]
    assert {item["type"] for item in form["body"]} <= KINDS
    assert all(item["attributes"]["label"] for item in fields)
    assert {"what", "home-assistant", "frigate", "diagnostics", "log"} <= {
        item["id"] for item in fields
    }


def test_links_lead_to_this_repository() -> None:
    project = load_json("manifest.json")["documentation"]
    for path in FORMS.glob("*.yml"):
        for link in re.findall(r"https://[^\s)]+", path.read_text()):
            assert link.startswith(f"{project}/"), link
            if "/blob/main/" in link:
                assert (REPOSITORY / link.partition("/blob/main/")[2]).exists(), link
