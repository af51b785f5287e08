"""What everybody sees."""

from django.urls import URLPattern, path

from communities.views import catalogue, community, home, map, passport, site

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("communities/", catalogue.community_list, name="community-list"),
    path("communities/gaps/", catalogue.community_gaps, name="community-gaps"),
    path("communities/suggest/", catalogue.community_suggest, name="community-suggest"),
    path("communities/map.geojson", map.community_map, name="community-map"),
    path("communities/<slug:slug>/", community.community_detail, name="community-detail"),
    path("communities/<slug:slug>/passport.pdf", passport.community_passport, name="community-passport"),
    path("sitemap.xml", site.sitemap, name="sitemap"),
    path("robots.txt", site.robots, name="robots"),
    path("favicon.ico", site.favicon, name="favicon"),
    path("manifest.webmanifest", site.manifest, name="manifest"),
]
