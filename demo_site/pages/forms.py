"""The form under the guest book."""

from django import forms

from notes.models import GuestBookEntry


class GuestBookForm(forms.ModelForm):
    """Name and message of a new entry."""

    class Meta:
        model = GuestBookEntry
        fields = ["name", "message"]
        widgets = {"message": forms.Textarea(attrs={"rows": 3})}
