"""Routes below `/api/`."""

from rest_framework.routers import SimpleRouter

from .views import GuestBookViewSet, NoteViewSet

router = SimpleRouter()
router.register("notes", NoteViewSet)
router.register("guestbook", GuestBookViewSet)

urlpatterns = router.urls
