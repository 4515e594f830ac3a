"""A right answer to the sample whoami.py."""

import jwt
from django.http import JsonResponse

KEY = "a-key-for-one-exercise-that-has-its-thirty-two-bytes"


def whoami(request):
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"], audience="notes")
    except jwt.PyJWTError:
        return JsonResponse({"detail": "no"}, status=401)
    return JsonResponse({"user": claims["sub"]})
