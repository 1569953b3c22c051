"""A `credential_process`, which may hang or never stop talking."""

import subprocess
from typing import IO, Any

from iamgroups.iam.parallel import both, within

LONGEST = 60.0  # seconds, as in the AWS SDK for Go and so in Terraform
MOST_BYTES = 65_536


class CredentialProcess(subprocess.Popen[bytes]):
    """What botocore starts, and hears by `communicate`."""

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[bytes, bytes]:
        """Return what it wrote to stdout and stderr. Raises: CredentialRetrievalError."""
        from botocore.exceptions import CredentialRetrievalError

        longest = timeout or LONGEST
        try:
            stdout, stderr = within(longest, self._hear)
        except TimeoutError as error:
            self.kill()
            told = f"it did not end within {longest:g} s"
            raise CredentialRetrievalError(provider="credential_process", error_msg=told) from error
        if len(stdout) == MOST_BYTES:
            told = f"it writes more than {MOST_BYTES >> 10} KB"
            raise CredentialRetrievalError(provider="credential_process", error_msg=told)
        return stdout, stderr.decode("utf-8", "replace").encode()

    def _hear(self) -> tuple[bytes, bytes]:
        said = both(lambda: _read(self.stdout), lambda: _read(self.stderr))
        self.wait()
        return said


def _read(stream: IO[bytes] | None) -> bytes:
    """Read a stream. One that does not end soon is closed, which ends its writer."""
    if stream is None:
        return b""
    with stream:
        return stream.read(MOST_BYTES)
