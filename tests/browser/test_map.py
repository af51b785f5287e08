"""A crowded map: numbers where many stand, taken apart by coming nearer, by mouse or by keys."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from communities.views import map as shown
from tests.factories import approved

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("how", ["click", "keys"])
def test_many_are_a_number_until_one_comes_near(browser, live_server, monkeypatch, how):
    monkeypatch.setattr(shown, "SEPARATE", 2)
    for row in range(3):
        approved(name=f"Сосед {row}", lat=43.58 + row / 100, lng=39.72)
    approved(name="Далёкий", lat=43.1, lng=40.4)
    context = browser.new_context(locale="ru-RU", reduced_motion="reduce")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "geojson" in request.url else None)
    page.goto(live_server.url + reverse("community-list") + "?view=map")
    number = page.locator("#map .leaflet-marker-icon:has(.hub-cluster)")
    expect(number).to_have_text("3")
    expect(page.locator("#map").get_by_role("button", name="Далёкий")).to_be_visible()
    expect(
        page.locator("#results").get_by_role("link", name="Сосед 1")
    ).to_be_visible()  # the list says the same
    for _step in range(6):
        if not number.count():
            break
        if how == "click":
            number.click()
        else:
            number.press("Enter")
        page.wait_for_timeout(400)
    for row in range(3):
        expect(page.locator("#map").get_by_role("button", name=f"Сосед {row}")).to_be_visible()
    assert "bbox=" in asked[-1]
    assert len(asked) > 2
    context.close()
