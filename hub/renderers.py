"""Forms are drawn by our own components."""

from django.forms.renderers import TemplatesSetting


class HubRenderer(TemplatesSetting):
    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
