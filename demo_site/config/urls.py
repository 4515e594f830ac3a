"""Routes that every face has. They hold no token endpoint."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health
from pages.csp import FOR_SWAGGER_UI, with_policy

# Split: the page in one answer and its script in another, so that no script is inline. It fails on OPTIONS.
swagger_ui = SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get", "head"])
docs = with_policy(FOR_SWAGGER_UI, swagger_ui)

urlpatterns = [
    path("", include("pages.urls")),
    path("api/", include("notes.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", docs, name="docs"),
    path("admin/", admin.site.urls),
    path("health/live/", health.live, name="live"),
    path("health/ready/", health.ready, name="ready"),
]
