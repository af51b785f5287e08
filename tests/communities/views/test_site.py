"""Answers to machines: sitemap, robots, manifest."""

import pytest

from tests.factories import BranchFactory, approved, draft

pytestmark = pytest.mark.django_db


def test_sitemap_lists_public_communities(client):
    record, hidden = approved(), draft()
    page = client.get("/sitemap.xml").content.decode()
    assert f"http://testserver/communities/{record.community.slug}/" in page
    assert hidden.community.slug not in page


def test_robots_and_manifest(client):
    BranchFactory()
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /cabinet/" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    assert "Sitemap: http://testserver/calendar/sitemap.xml" in robots
    assert client.get("/manifest.webmanifest").json()["short_name"] == "Сочи"
    assert client.get("/favicon.ico").status_code == 301
