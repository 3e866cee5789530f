"""The people of a server: who they are, how they come in, and under which pseudonym their work is pulled.

Label Studio Community has no roles: everybody who has an account may see, change and delete everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from annotator.errors import BadArgument, LabelStudioError
from annotator.labelstudio.client import LOCAL_HOSTS, connected, quiet, server_key
from annotator.labelstudio.pull import pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from label_studio_sdk import LabelStudio
    from pydantic import SecretStr

__all__ = ["Account", "accounts", "add_account", "invite"]

# What Label Studio asks of a password.
SHORTEST, LONGEST = 8, 128


@dataclass(frozen=True, slots=True)
class Account:
    """A person: address, name, when they were last there, and the pseudonym that pulled files call them by."""

    email: str
    name: str
    last_active: datetime | None
    pseudonym: str


def invite(*, url: str, token: SecretStr | str) -> str:
    """The address at which somebody can make an account; it holds until it is reset in Label Studio.

    Raises LabelStudioError.
    """
    with connected(url, token) as client:
        return _invitation(client, url)


def accounts(*, url: str, token: SecretStr | str) -> tuple[Account, ...]:
    """Everybody who has an account, in the order in which they came; raises LabelStudioError."""
    with connected(url, token) as client:
        server = server_key(client)
        users = sorted(client.users.list(), key=lambda user: user.id or 0)
        return tuple(_account(user, server) for user in users)


def add_account(
    email: str, password: SecretStr, *, url: str, token: SecretStr | str, name: str | None = None
) -> Account:
    """Make an account with this password, which only the person should know, and say under which pseudonym.

    Raises BadArgument for an address that has an account or is none, or a password that the server would not
    take; LabelStudioError.
    """
    email = email.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise BadArgument(f"{email!r} is no e-mail address")
    if not SHORTEST <= len(password.get_secret_value()) <= LONGEST:
        raise BadArgument(f"a password has {SHORTEST} to {LONGEST} characters")
    with connected(url, token) as client:
        if _find(client.users.list(), email) is not None:
            raise BadArgument(f"{email} has an account already")
        refused = _sign_up(_invitation(client, url), email, password)
        user = _find(client.users.list(), email)
        if user is None:
            raise LabelStudioError(f"Label Studio made no account for {email}: {refused}")
        if name:
            first, _, last = name.strip().partition(" ")
            user = client.users.update(user.id, first_name=first, last_name=last.strip())
        return _account(user, server_key(client))


def _invitation(client: LabelStudio, url: str) -> str:
    path = client.organizations.invites.get_invite_link().invite_url or ""
    return f"{url.rstrip('/')}/{path.lstrip('/')}"


def _find(users: Iterable[Any], email: str) -> Any | None:  # noqa: ANN401 - the SDK's own type
    return next((user for user in users if str(user.email).lower() == email), None)


def _account(user: Any, server: str) -> Account:  # noqa: ANN401
    name = " ".join(part for part in (user.first_name, user.last_name) if part)
    return Account(str(user.email), name, user.last_activity, pseudonym(server, user.id))


def _sign_up(address: str, email: str, password: SecretStr) -> str:
    """Fill in the form of an invitation as a browser would; what the page then complains of."""
    import httpx  # noqa: PLC0415 - comes with the SDK, which is imported when it is needed

    direct = urlsplit(address).hostname in LOCAL_HOSTS
    with (
        quiet("httpx"),  # it logs addresses, and this one lets people in
        httpx.Client(timeout=60, trust_env=not direct, headers={"Referer": address}) as browser,
    ):
        browser.get(address)
        form = {
            "email": email,
            "password": password.get_secret_value(),
            "csrfmiddlewaretoken": browser.cookies.get("csrftoken", ""),
        }
        answer = browser.post(address, data=form)
        # Signed up is logged in: that session is nobody's.
        browser.get(f"{address.partition('/user/')[0]}/logout")
    told = re.findall(r'<ul class="field_errors">(.*?)</ul>', answer.text, re.DOTALL)
    plain = " ".join(unescape(re.sub(r"<[^>]*>", " ", " ".join(told))).split())
    return plain or f"its form answered {answer.status_code}"
