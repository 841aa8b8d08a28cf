"""Frigate's log-in: none, as on port 5000, or accounts with roles, as on port 8971."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from .versions import Version

_OPEN = ("/api/login", "/api/logout")


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Someone who may log in; the log-in `lasts` so many seconds."""

    password: str
    role: str = "admin"
    lasts: int = 86400


class Gate:
    """Lets requests in; without accounts everybody is an anonymous admin."""

    def __init__(
        self, accounts: Mapping[str, Account] | None, version: Version, cookie: str
    ) -> None:
        self._accounts = accounts
        self._version = version
        self._cookie = cookie
        self._key = secrets.token_bytes(32)
        self.log_ins = 0

    def expire_all(self) -> None:
        """Make every token that was given out worthless."""
        self._key = secrets.token_bytes(32)

    async def handle(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Refuse a request without a valid token, and note whose it is."""
        cross_site = (
            "Origin" in request.headers and "X-CSRF-Token" not in request.headers
        )
        if request.method != "GET" and cross_site:
            refusal = {"success": False, "message": "Missing CSRF header"}
            return web.json_response(refusal, status=401)
        request["user"], request["role"] = "anonymous", "admin"
        if self._accounts is None or request.path.endswith(_OPEN):
            return await handler(request)
        user = self._user(request)
        if user is None:
            return web.Response(status=401, headers={"Location": "/login"})
        request["user"], request["role"] = user, self._accounts[user].role
        return await handler(request)

    async def log_in(self, request: web.Request) -> web.Response:
        """Answer POST /api/login."""
        if self._accounts is None:
            refusal = {"success": False, "message": "Authentication is disabled"}
            return web.json_response(refusal, status=404)
        body = await request.json()
        account = self._accounts.get(str(body.get("user")))
        if account is None or account.password != body.get("password"):
            return web.json_response({"message": "Login failed"}, status=401)
        answer = web.Response()
        self.log_ins += 1
        claims = {"sub": body["user"], "role": account.role}
        token = self._token(claims, account.lasts)
        answer.set_cookie(self._cookie, token, httponly=True, max_age=account.lasts)
        return answer

    async def profile(self, request: web.Request) -> web.Response:
        """Answer GET /api/profile."""
        answer: dict[str, Any] = {"username": request["user"]}
        if self._version.has_roles:
            answer["role"] = request["role"]
        if self._version.default_admin:
            answer["allowed_cameras"] = []
        return web.json_response(answer)

    def _user(self, request: web.Request) -> str | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer":
            token = request.cookies.get(self._cookie, "")
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature, self._signature(signed)):
            return None
        claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
        return str(claims["sub"]) if claims["exp"] > time.time() else None

    def _token(self, claims: dict[str, Any], lasts: int) -> str:
        """Make a JSON web token (RFC 7519) signed with HS256."""
        now = int(time.time())
        claims |= {"iat": now, "exp": now + lasts}
        parts = ({"alg": "HS256", "typ": "JWT"}, claims)
        signed = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, signed: str) -> str:
        return _encoded(hmac.digest(self._key, signed.encode(), hashlib.sha256))


def admin_needed(request: web.Request, version: Version) -> web.Response | None:
    """Refuse what only admins may write."""
    if not version.has_roles or request["role"] == "admin":
        return None
    detail = f"Role {request['role']} not authorized. Required: admin"
    return web.json_response({"detail": detail}, status=403)


def admin_by_default(request: web.Request, version: Version) -> web.Response | None:
    """Refuse what is for admins because Frigate does not say otherwise."""
    if not version.default_admin or request["role"] == "admin":
        return None
    detail = "Access denied. A user with the admin role is required."
    return web.json_response({"detail": detail}, status=403)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
