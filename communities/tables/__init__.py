"""Tables that people send: bytes → rows of cells → what each column means → answers of the questionnaire."""

from communities.tables.answers import RowRefused, Taken, take_row
from communities.tables.columns import FIELDS, guess_mapping, has_header, without_personal
from communities.tables.reading import MAX_BYTES, TableRefused, read_table
from communities.tables.places import Places, read_city

__all__ = [
    "FIELDS",
    "MAX_BYTES",
    "Places",
    "RowRefused",
    "TableRefused",
    "Taken",
    "guess_mapping",
    "has_header",
    "read_city",
    "read_table",
    "take_row",
    "without_personal",
]
