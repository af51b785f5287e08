"""What every request gets."""

import pytest

from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/communities/?q=%00", "/calendar/?community=a%00b&topic=%00", "/?%00=1"]
)
def test_a_nul_letter_in_an_address_is_no_error(client, address):
    f.approved()
    assert client.get(address).status_code == 200


def test_the_rest_of_the_address_is_read_as_it_stands(client):
    community = f.approved(name="Хор ветеранов").community
    client.force_login(community.stewardships.get().user)
    page = client.get(f"/cabinet/talks/new/?community={community.slug}%00")
    assert "Хор ветеранов" in page.content.decode()
