"""The API of notes and guest book. Each view names its permissions: the default differs between the faces."""

from django.db.models import QuerySet
from rest_framework import mixins, viewsets
from rest_framework.permissions import AllowAny, BasePermission, IsAdminUser, IsAuthenticated
from rest_framework.serializers import BaseSerializer

from .models import GuestBookEntry, Note
from .serializers import GuestBookEntrySerializer, NoteSerializer


class NoteViewSet(viewsets.ModelViewSet[Note]):
    """The user's own notes. Another user's note is 404, not 403: whether it exists is private too."""

    queryset = Note.objects.none()  # tells router and schema the model; get_queryset() says which rows
    serializer_class = NoteSerializer
    permission_classes = (IsAuthenticated,)

    def get_queryset(self) -> QuerySet[Note]:
        return Note.objects.filter(owner_id=self.request.user.pk)

    def perform_create(self, serializer: BaseSerializer[Note]) -> None:
        serializer.save(owner=self.request.user)


class GuestBookViewSet(
    mixins.ListModelMixin,
    mixins.CreateModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[GuestBookEntry],
):
    """The public guest book: everyone reads and signs it, staff take entries out."""

    queryset = GuestBookEntry.objects.all()
    serializer_class = GuestBookEntrySerializer

    def get_permissions(self) -> list[BasePermission]:
        # Asks the database, not the token: `is_staff` in a token may be out of date.
        return [IsAdminUser() if self.action == "destroy" else AllowAny()]
