"""Contents as objects of a bucket, on any server that speaks S3."""

import io
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit

import urllib3
from minio import Minio
from minio.error import S3Error

from services.visits.files.store import Missing

_CHUNK = 256 * 1024
_MISSING = ("NoSuchKey", "NoSuchObject")


class Bucket:
    """Contents as objects of a bucket, which must be there."""

    def __init__(self, client: Minio, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def put(self, name: str, data: bytes) -> None:
        """See Store."""
        try:
            if self._client.stat_object(self._bucket, name).size == len(data):
                return
        except S3Error as error:
            if error.code not in _MISSING:
                raise
        self._client.put_object(self._bucket, name, io.BytesIO(data), len(data))

    def read(self, name: str) -> Iterator[bytes]:
        """See Store."""
        try:
            answer = self._client.get_object(self._bucket, name)
        except S3Error as error:
            if error.code in _MISSING:
                raise Missing(name) from error
            raise
        return _pieces_of_answer(answer)

    def remove(self, name: str) -> None:
        """See Store."""
        self._client.remove_object(self._bucket, name)


def bucket_at(url: str) -> Bucket:
    """The bucket of a URL that `store.files_url` took."""
    parts = urlsplit(url)
    region = parse_qs(parts.query).get("region", ["us-east-1"])[0]  # what servers of one's own answer to
    pool = urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=5, read=30), retries=urllib3.Retry(2, backoff_factor=0.2), maxsize=4
    )
    client = Minio(
        endpoint=parts.netloc.rpartition("@")[2],
        access_key=unquote(parts.username or ""),
        secret_key=unquote(parts.password or ""),
        secure=parts.scheme == "s3+https",
        region=region,
        http_client=pool,
    )
    return Bucket(client, parts.path.strip("/"))


def _pieces_of_answer(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    try:
        yield from answer.stream(_CHUNK)
    finally:
        answer.close()
        answer.release_conn()
