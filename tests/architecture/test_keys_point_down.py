"""A foreign key is an import too: every arrow between our apps points down the line."""

from pathlib import Path

from django.apps import apps
from django.conf import settings

#: Low to high; apps on one level are strangers to each other.
LEVELS = {"hub": 0, "communities": 1, "grants": 2, "knowledge": 2, "events": 3, "reports": 4}


def test_every_app_of_ours_has_a_level():
    ours = {
        config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR
    }
    assert ours == set(LEVELS)


def test_relations_point_down():
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in LEVELS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if (target := field.related_model._meta.app_label) in LEVELS
        and target != model._meta.app_label
        and LEVELS[target] >= LEVELS[model._meta.app_label]
    ]
    assert upward == []
