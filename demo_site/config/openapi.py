"""What drf-spectacular leaves out of the OpenAPI document: how the endpoints refuse, and which text."""

from typing import Any

DETAIL = {
    "type": "object",
    "properties": {"detail": {"type": "string"}, "code": {"type": "string"}},
    "required": ["detail"],
}
# A list of complaints for each field, or a `detail` when the body is no JSON.
COMPLAINTS = {"type": "object", "additionalProperties": {}}

# Which text DRF takes: none with a zero in it, and in most fields not blanks alone, as str.strip() sees them.
ANY_TEXT = r"^[^\u0000]*$"
NO_BLANK = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"


def describe_text(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Add to each text that a client writes which characters it may have. A postprocessing hook."""
    for schema in result["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            is_text = field.get("type") == "string" and field.get("format") in (None, "password")
            if is_text and not field.get("readOnly") and "enum" not in field:
                field["pattern"] = NO_BLANK if field.get("minLength") else ANY_TEXT
    return result


def describe_refusals(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Add to each operation the refusals that it can answer with and does not name. A postprocessing hook."""
    for path in result["paths"].values():
        for operation in path.values():
            for status, refusal in _refusals(operation).items():
                operation["responses"].setdefault(status, refusal)
    return result


def _refusals(operation: dict[str, Any]) -> dict[str, Any]:
    found = {}
    if "requestBody" in operation:
        found["400"] = _refusal("What is wrong with the body.", COMPLAINTS)
    if any("jwtAuth" in way for way in operation.get("security", [])):
        found["401"] = _refusal("No access token, or one that is not good any more.", DETAIL)
        found["403"] = _refusal("The token is good, but its user may not do this.", DETAIL)
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", [])):
        found["404"] = _refusal("There is none, or none of yours.", DETAIL)
        found["404"]["content"]["text/html"] = {"schema": {"type": "string"}}  # a path that leads nowhere
    return found


def _refusal(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
