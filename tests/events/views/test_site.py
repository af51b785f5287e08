"""The calendar's part of the map of the site."""

import pytest

from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_sitemap_lists_what_is_to_come(client, django_assert_num_queries, rows):
    hidden, old = f.event(title="Черновик"), f.published(starts_at=f.SATURDAY.replace(year=2020))
    events = [f.published(title=f"Прогулка {number}") for number in range(rows)]
    with django_assert_num_queries(3):
        page = client.get("/calendar/sitemap.xml").content.decode()
    assert "<loc>http://testserver/calendar/</loc>" in page
    for event in events:
        assert f"http://testserver/calendar/{event.slug}/" in page
    assert f"/{hidden.slug}/" not in page
    assert f"/{old.slug}/" not in page
