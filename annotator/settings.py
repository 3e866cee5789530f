"""What the environment and a `.env` file set: where Label Studio stands and how to reach it."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr  # noqa: TC002 - pydantic reads it at run time
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings by name, each overridden by `ANNOTATOR_<NAME>`; secrets never show in a repr or a log."""

    model_config = SettingsConfigDict(env_prefix="ANNOTATOR_", env_file=".env", extra="ignore")

    studio_dir: Path = Path(".studio")
    studio_host: str = "127.0.0.1"
    studio_port: int = 8080
    studio_executable: str = ".venv-studio/bin/label-studio"
    studio_user: str = "admin@localhost.local"
    studio_url: str | None = None
    studio_token: SecretStr | None = None
    studio_password: SecretStr | None = None
    # postgresql://USER:PASSWORD@HOST:PORT/NAME; SQLite in `studio_dir` where it is not set.
    studio_database: SecretStr | None = None
    backend_secret: SecretStr | None = None

    @property
    def url(self) -> str:
        """The server's address."""
        return self.studio_url or f"http://{self.studio_host}:{self.studio_port}"
