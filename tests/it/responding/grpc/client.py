"""Calls each path and compares what the client makes of the response with the code after the `=`."""

import sys

import grpc

CODES = {code.value[0]: code for code in grpc.StatusCode}

address, *cases = sys.argv[1:]
with grpc.insecure_channel(address) as channel:
    for case in cases:
        path, code = case.rsplit("=", 1)
        call = channel.unary_unary(path, request_serializer=bytes, response_deserializer=bytes)
        try:
            call(b"", timeout=10)
            sys.exit(f"{path}: no error")
        except grpc.RpcError as error:
            metadata = dict(error.initial_metadata() or ()) | dict(error.trailing_metadata() or ())
            seen = error.code(), len(metadata.get("x-error-id", ""))
            if seen != (CODES[int(code)], 36):
                sys.exit(f"{path}: {seen} {error.details()!r}")
            if path == "/text" and error.details() != "100 % wrong: ä":
                sys.exit(f"{path}: {error.details()!r}")
