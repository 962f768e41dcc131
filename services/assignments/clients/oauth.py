"""Errors as the OAuth standard wants them: libraries read these, so they are no problem+json."""

from flask import Response, jsonify

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_REALM = 'Basic realm="caunoi", charset="UTF-8"'


class OAuthError(Exception):
    """An error of RFC 6749, section 5.2."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        self.code, self.description, self.status = code, description, status
        super().__init__(code)

    def answer(self) -> Response:
        """As the OAuth standard wants it, not as problem+json: libraries read this."""
        response = jsonify(error=self.code, error_description=self.description)
        response.status_code = self.status
        response.headers.update(NO_STORE)
        if self.status == 401:
            response.headers["WWW-Authenticate"] = _REALM
        return response
