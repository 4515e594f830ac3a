# %% exercise [markdown]
# title: Finish the project
# stage: free
# kind: file
# minutes: 10
# concepts: [permission class]
# settings_module: myapi.settings
#
# A small project has two views and no login. Finish it as in notebook 02: `POST /api/token/` and
# `POST /api/token/refresh/` answer as in the seed, views read the access token, and a view that names no permission
# class is closed. Leave `views.py` as it is.

# %% also_right: tuples-and-names [markdown]
# @ myapi/urls.py
# - path("api/token/", TokenObtainPairView.as_view()),
# + path("api/token/", TokenObtainPairView.as_view(), name="token_obtain_pair"),
# @ myapi/settings.py
# - ["rest_framework.permissions.IsAuthenticated"]
# + ("rest_framework.permissions.IsAuthenticated",)

# %% wrong: authentication-alone -> report-open | misconception: authentication-closes-views [markdown]
# @ myapi/settings.py
# - "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],

# %% wrong: permission-alone -> token-not-read | slip [markdown]
# @ myapi/settings.py
# - "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],

# %% wrong: a-second-list -> route-gone | slip [markdown]
# @ myapi/urls.py
# - urlpatterns = [
# -     path("hello/", HelloView.as_view()),
# -     path("report/", ReportView.as_view()),
# + urlpatterns = [
# +     path("hello/", HelloView.as_view()),
# +     path("report/", ReportView.as_view()),
# + ]
# +
# + urlpatterns = [

# %% wrong: verify-for-refresh -> no-refresh | slip [markdown]
# @ myapi/urls.py
# - from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView
# + from rest_framework_simplejwt.views import TokenObtainPairView, TokenVerifyView
# - TokenRefreshView
# + TokenVerifyView

# %% wrong: no-login-at-all -> login-missing | slip [markdown]
# @ myapi/urls.py
# - path("api/token/", TokenObtainPairView.as_view()),

# %% check
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


# %% message: login-missing [markdown]
# The login does not answer
#
# Which view of SimpleJWT gives two tokens for a name and a password? Notebook 02, *Where do the seed's files go?*

# %% message: no-refresh [markdown]
# The refresh endpoint gives no access token
#
# SimpleJWT has a view for each of obtain, refresh and verify. Notebook 02, *What does each endpoint prove?*

# %% message: route-gone [markdown]
# A view that was there is gone
#
# A module has one `urlpatterns`: the last one that is assigned. Notebook 02, *Which of the two `urlpatterns` wins?*

# %% message: token-not-read [markdown]
# A good access token is turned away
#
# Nothing reads the header yet. Which setting says how callers are recognised? Notebook 02, *Which line installs
# SimpleJWT?*

# %% message: report-open [markdown]
# A stranger reads the report
#
# Who you are is one setting, who may is another. Notebook 02, *Who may call a view that names no permission?*

# %% hint 1 [markdown]
# `urls.py` lacks two routes, and `settings.py` two entries of one dictionary.

# %% hint 2 [markdown]
# One entry says how a caller is recognised, the other what a view asks for that says nothing itself. Both hold lists
# of dotted names.

# %% hint 3 [markdown]
# `"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]`, and one more entry of this shape.

# %% proven [markdown]
# Login and refresh gave tokens that both views take, and a stranger was refused the view that names no permission.

# %% not checked [markdown]
# How long the tokens live, and which key signs them: the defaults of SimpleJWT, with `SECRET_KEY`.
