from communities.filters.catalogue import CommunityFilterSet

__all__ = ["CommunityFilterSet"]
