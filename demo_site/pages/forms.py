"""The form under the guest book."""

from django import forms

from notes.models import GuestBookEntry


class GuestBookForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs, and not in Django
    """Name and message of a new entry."""

    message = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    class Meta:
        model = GuestBookEntry
        fields = ("name", "message")
