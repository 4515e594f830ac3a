from django.urls import path

# << # the views of SimpleJWT
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

# >>
from myapi.views import HelloView, ReportView

urlpatterns = [
    path("hello/", HelloView.as_view()),
    path("report/", ReportView.as_view()),
    # << # login and refresh
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
    # >>
]
