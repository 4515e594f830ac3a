"""A sample of kind file: the learner edits a view of a small Django project. Hand-written."""

EXERCISE = {
    "id": "99.hello",
    "title": "Close the door",
    "kind": "file",
    "project": "99/hello",
    "settings_module": "hello_site.settings",
}
STARTER = {
    "hello_site/views.py": """from rest_framework.response import Response
from rest_framework.views import APIView


class HelloView(APIView):
    def get(self, request):
        return Response({"message": "Hello, World!"})
""",
}
HINTS = ["Who may call a view that says nothing?", "Compare with notebook 02.", "`permission_classes = …`"]
MESSAGES = {
    "open-door": {"title": "Everyone gets in", "next": "DRF's default is AllowAny (notebook 02)."},
    "good-refused": {"title": "A good token is turned away", "next": "Read the body of the 401."},
}
WHY = {"proven": "No token, no greeting.", "not_checked": "Any other view of the project."}


def check(learner, site):
    site.get("/hello/").expect(401, key="open-door")
    site.get("/hello/", bearer=site.login("vitor").access).expect(200, key="good-refused")
