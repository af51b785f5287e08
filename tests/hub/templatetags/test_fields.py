"""Fields of forms, tied to what is said of them."""

from django import forms
from django.utils.translation import override


class Answer(forms.Form):
    word = forms.CharField(label="Слово", help_text="Подсказка", max_length=5)
    long = forms.CharField(label="Рассказ", widget=forms.Textarea, max_length=2000, required=False)
    one = forms.ChoiceField(label="Одно", choices=[("a", "А"), ("b", "Б")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="Согласен")


def test_a_field_is_tied_to_its_hint_and_its_error():
    with override("ru"):
        html = Answer({"word": "слишком длинно"}).as_div()
    assert 'aria-describedby="id_word_helptext id_word_error"' in html
    assert 'id="id_word_helptext"' in html
    assert 'id="id_word_error"' in html
    assert 'value="слишком длинно"' in html
    assert 'aria-invalid="true"' in html
    assert 'data-limit="2000"' in html
    assert html.count('id="id_one_error"') == 1
    assert "style=" not in html
    assert 'id=""' not in html
