"""02.install. Built from course/exercises/02/install.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "02.install",
    "title": "Finish the project",
    "kind": "file",
    "minutes": 10,
    "stage": "free",
    "concepts": ["permission class"],
    "lesson": "02_simplejwt_setup",
    "order": 3,
    "settings_module": "myapi.settings",
    "project": "02/install",
}
STARTER = {
    "myapi/settings.py": (
        "from pathlib import Path\n"
        "\n"
        "BASE_DIR = Path(__file__).resolve().parent.parent\n"
        "SECRET_KEY = \"teaching-only-key-of-at-least-thirty-two-bytes\"\n"
        "DEBUG = True\n"
        "ROOT_URLCONF = \"myapi.urls\"\n"
        "INSTALLED_APPS = [\n"
        "    \"django.contrib.auth\",\n"
        "    \"django.contrib.contenttypes\",\n"
        "    \"rest_framework\",\n"
        "]\n"
        "DATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.sqlite3\", \"NAME\": BASE_DIR / \"db.sqlite3\"}}\n"
        "USE_TZ = True\n"
        "\n"
        "REST_FRAMEWORK = {\n"
        "    # how a caller is recognised, and what a view asks for that names no permission\n"
        "}\n"
    ),
    "myapi/urls.py": (
        "from django.urls import path\n"
        "\n"
        "# the views of SimpleJWT\n"
        "from myapi.views import HelloView, ReportView\n"
        "\n"
        "urlpatterns = [\n"
        "    path(\"hello/\", HelloView.as_view()),\n"
        "    path(\"report/\", ReportView.as_view()),\n"
        "    # login and refresh\n"
        "]\n"
    ),
}
HINTS = [
    "`urls.py` lacks two routes, and `settings.py` two entries of one dictionary.",
    "One entry says how a caller is recognised, the other what a view asks for that says nothing itself. Both hold lists of dotted names.",
    "`\"DEFAULT_PERMISSION_CLASSES\": [\"rest_framework.permissions.IsAuthenticated\"]`, and one more entry of this shape.",
]
MESSAGES = {
    "login-missing": {
        "title": "The login does not answer",
        "next": "Which view of SimpleJWT gives two tokens for a name and a password? Notebook 02, *Where do the seed's files go?*",
    },
    "no-refresh": {
        "title": "The refresh endpoint gives no access token",
        "next": "SimpleJWT has a view for each of obtain, refresh and verify. Notebook 02, *What does each endpoint prove?*",
    },
    "route-gone": {
        "title": "A view that was there is gone",
        "next": "A module has one `urlpatterns`: the last one that is assigned. Notebook 02, *Which of the two `urlpatterns` wins?*",
    },
    "token-not-read": {
        "title": "A good access token is turned away",
        "next": "Nothing reads the header yet. Which setting says how callers are recognised? Notebook 02, *Which line installs SimpleJWT?*",
    },
    "report-open": {
        "title": "A stranger reads the report",
        "next": "Who you are is one setting, who may is another. Notebook 02, *Who may call a view that names no permission?*",
        "misconception": "authentication-closes-views",
    },
}
WHY = {
    "proven": "Login and refresh gave tokens that both views take, and a stranger was refused the view that names no permission.",
    "not_checked": "How long the tokens live, and which key signs them: the defaults of SimpleJWT, with `SECRET_KEY`.",
}

def check(learner, site):
    login = site.post("/api/token/", json={"username": "vitor", "password": "123"})
    login.expect(200, key="login-missing")
    tokens = login.json
    fresh = site.post("/api/token/refresh/", json={"refresh": tokens["refresh"]})
    fresh.expect(200, key="no-refresh")
    for path in ("/hello/", "/report/"):
        if site.get(path).status == 404:
            site.get(path).fail("route-gone", wanted="an answer of the view")
    site.get("/hello/", bearer=fresh.json["access"]).expect(200, key="token-not-read")
    site.get("/report/", bearer=tokens["access"]).expect(200, key="token-not-read")
    site.get("/report/").expect(401, key="report-open")
