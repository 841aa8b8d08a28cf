"""Words can be read: on a light and a dark page, also where they have a colour."""

from typing import Any

import pytest
from playwright.async_api import Browser

from .home import Home
from .people import person_at

PAGES = ("", "/{id}/recent", "/{id}/dataset", "/{id}/quality", "/status", "/new")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_words_stand_out_from_what_is_behind_them(
    home: Home, browser: Browser, trained: dict[str, Any], *, dark: bool
) -> None:
    """The contrast is what WCAG 2.2 asks for (1.4.3, level AA).

    The filled buttons are left out: they are as Home Assistant's theme has them.
    """
    async with person_at(browser, home.api, dark=dark) as person:
        for path in PAGES:
            await person.open("/objclass" + path.format(id=trained["id"]))
            await person.page.wait_for_load_state("networkidle")
            found = await person.page.locator("objclass-panel").evaluate(PALE)
            assert found["read"] > 3, path
            assert found["pale"] == [], path


PALE = """panel => {
  const pixel = new OffscreenCanvas(1, 1).getContext("2d");
  const paint = (colors) => {
    pixel.clearRect(0, 0, 1, 1);
    for (const color of colors) { pixel.fillStyle = color; pixel.fillRect(0, 0, 1, 1); }
    return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const parent = (element) =>
    element.assignedSlot ?? element.parentElement ?? element.getRootNode().host;
  const behind = (element) => {
    const colors = [];
    for (let at = element; at; at = parent(at)) {
      colors.unshift(getComputedStyle(at).backgroundColor);
    }
    return ["#fff", ...colors];
  };
  const own = (element) => [...element.childNodes]
    .filter((node) => node.nodeType === Node.TEXT_NODE)
    .map((node) => node.data.trim()).join("");
  const left_out = ".main, .news, .badge, :disabled, .hidden, svg, style, .zero";
  const result = { read: 0, pale: [] };
  const visit = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) visit(element.shadowRoot);
      const said = own(element);
      const seen = element.checkVisibility({ visibilityProperty: true });
      if (!said || !seen || element.closest(left_out)) continue;
      const style = getComputedStyle(element);
      const colors = behind(element);
      const two = [light(paint(colors)), light(paint([...colors, style.color]))];
      const contrast = Math.max(...two) / Math.min(...two);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      result.read += 1;
      if (contrast >= (large ? 3 : 4.5)) continue;
      result.pale.push(`${contrast.toFixed(2)} ${element.className} ${said}`);
    }
  };
  visit(panel.shadowRoot);
  return result;
}"""
