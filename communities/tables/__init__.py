"""Tables that people send: bytes → rows of cells → what each column means → answers of the questionnaire."""

from communities.tables.answers import RowRefused, Taken, mask_contacts, take_row
from communities.tables.columns import FIELDS, guess_mapping, has_header, without_personal, without_title
from communities.tables.places import City, Places, places_of, read_city
from communities.tables.reading import MAX_BYTES, TableRefused, read_table
from communities.tables.writing import neutral, write_csv, write_xlsx

__all__ = [
    "FIELDS",
    "MAX_BYTES",
    "City",
    "Places",
    "RowRefused",
    "TableRefused",
    "Taken",
    "guess_mapping",
    "has_header",
    "mask_contacts",
    "neutral",
    "places_of",
    "read_city",
    "read_table",
    "take_row",
    "without_personal",
    "without_title",
    "write_csv",
    "write_xlsx",
]
