from django.urls import path

# the views of SimpleJWT
from myapi.views import HelloView, ReportView

urlpatterns = [
    path("hello/", HelloView.as_view()),
    path("report/", ReportView.as_view()),
    # login and refresh
]
