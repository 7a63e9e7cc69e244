"""Runs the AWS emulator ministack on a port of 127.0.0.1, over TLS: emulator.py PORT CERTIFICATE KEY.

Three kinds of requests, which ministack 1.5.33 supports only in part, are completed here. Each time, a line that begins
with "bridged:" goes to the log.
"""

import asyncio
import base64
import json
import sys
import zlib

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app
from ministack.core import iam_actions
from ministack.services import s3


def bridged(what):
    print(f"bridged: {what}", flush=True)


read = s3._get_object


def read_range(bucket, key, headers, query=None):
    """Answers with the range; ministack sends the whole object when the request names a version."""
    status, answer, body = read(bucket, key, headers, query)
    span = s3._parse_range(headers.get("range", ""), len(body))
    if status != 200 or span is None:
        return status, answer, body
    bridged("GetObject with a range of a named version")
    start, end = span
    of_the_whole = {name for name in answer if name.lower().startswith("x-amz-checksum")}
    answer = {name: value for name, value in answer.items() if name not in of_the_whole}
    answer |= {"Content-Range": f"bytes {start}-{end}/{len(body)}", "Content-Length": str(end - start + 1)}
    return 206, answer, body[start : end + 1]


complete = s3._complete_multipart_upload


def complete_summed(bucket, key, body, query, headers=None):
    """Checks the CRC-32 of the whole object; ministack knows only a checksum of the parts' checksums."""
    headers = dict(headers or {})
    upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
    if upload is None or headers.get("x-amz-checksum-type") != "FULL_OBJECT":
        return complete(bucket, key, body, query, headers)
    bridged("CompleteMultipartUpload with the CRC-32 of the whole object")
    crc32 = 0
    for _, part in sorted(upload["parts"].items()):
        crc32 = zlib.crc32(part["body"], crc32)
    if headers.pop("x-amz-checksum-crc32") != base64.b64encode(crc32.to_bytes(4, "big")).decode():
        return s3._error("BadDigest", "The CRC32 you specified did not match the calculated checksum.", 400)
    return complete(bucket, key, body, query, headers)


conditions = iam_actions.request_tag_context


def conditions_of_event(service, action, body, params):
    """Adds source and type of the event to what policies may test; ministack leaves them out."""
    known = conditions(service, action, body, params)
    if action != "events:PutEvents":
        return known
    bridged("PutEvents with conditions on source and detail-type")
    (event,) = json.loads(body)["Entries"]
    return known | {"events:source": event["Source"], "events:detail-type": event["DetailType"]}


iam_actions.request_tag_context = conditions_of_event
s3._get_object, s3._complete_multipart_upload = read_range, complete_summed

port, certificate, key = sys.argv[1:]
config = Config()
config.bind = [f"127.0.0.1:{port}"]
config.certfile, config.keyfile = certificate, key
asyncio.run(serve(app, config))
