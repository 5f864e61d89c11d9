"""What a program with python's etcd3 client sees. Prints everything that must not depend on the server."""
import sys
import threading

import etcd3
import grpc

host, port = sys.argv[1].split(":")
client = etcd3.client(host=host, port=int(port), timeout=20)


def show(title, *values):
    print(title + ":", *values)


def pair(result):
    value, meta = result
    if meta is None:
        return "none"
    return f"{meta.key} {value} c{meta.create_revision} m{meta.mod_revision} v{meta.version}"


def attempt(title, action):
    try:
        show(title, action())
    except grpc.RpcError as error:  # code and text are the contract
        show(title, error.code(), error.details())
    except etcd3.exceptions.Etcd3Exception as error:
        show(title, type(error).__name__, vars(error))


show("get missing", pair(client.get("missing")))
client.put("a/1", "one")
client.put("a/2", b"\x00\xff")
client.put("b", "bee")
show("put with previous", client.put("b", "bee-again", prev_kv=True).prev_kv.value)
show("get", pair(client.get("a/1")))
show("get serializable", pair(client.get("a/2", serializable=True)))
for title, result in (
    ("prefix", client.get_prefix("a/")),
    ("prefix down", client.get_prefix("a/", sort_order="descend", sort_target="key")),
    ("prefix keys only", client.get_prefix("a/", keys_only=True)),
    ("range", client.get_range("a/2", "c")),
    ("all", client.get_all(sort_order="ascend", sort_target="mod")),
):
    show(title, [pair(entry) for entry in result])
show("put if missing", client.put_if_not_exists("a/1", "no"), client.put_if_not_exists("new", "yes"))
show("replace", client.replace("new", "yes", "indeed"), client.replace("new", "yes", "never"))

succeeded, answers = client.transaction(
    compare=[
        client.transactions.value("b") == "bee-again",
        client.transactions.version("b") > 1,
        client.transactions.create("nothing") == 0,
        client.transactions.mod("a/1") < 100,
    ],
    success=[
        client.transactions.put("t", "taken"),
        client.transactions.get("t"),
        client.transactions.delete("a/1"),
    ],
    failure=[client.transactions.get("b")],
)
show("transaction", succeeded, [pair(entry) for entry in answers[1]], answers[2].response_delete_range.deleted)
succeeded, answers = client.transaction(
    compare=[client.transactions.version("b") == 7],
    success=[client.transactions.put("never", "1")],
    failure=[client.transactions.get("b"), client.transactions.txn(
        compare=[client.transactions.version("t") == 1],
        success=[client.transactions.put("nested", "1")],
        failure=[],
    )] if hasattr(client.transactions, "txn") else [client.transactions.get("b")],
)
show("transaction", succeeded, pair(answers[0][0]))

lease = client.lease(300)
client.put("leased", "1", lease=lease)
show("lease", lease.granted_ttl, lease.remaining_ttl <= 300, lease.keys)
show("refresh", [answer.TTL for answer in lease.refresh()])
lease.revoke()
show("after revoke", pair(client.get("leased")))
attempt("put with the revoked lease", lambda: client.put("leased", "2", lease=lease))

seen = []
enough = threading.Event()


def on_event(response):
    for event in response.events:
        seen.append(f"{type(event).__name__} {event.key} {event.value} v{event.version} m{event.mod_revision}")
        if event.key == b"w/last":
            enough.set()


watch = client.add_watch_prefix_callback("w/", on_event)
client.put("w/1", "x")
client.put("w/1", "y")
client.delete("w/1")
client.put("other", "unseen")
client.delete_prefix("w/")
client.put("w/last", "z")
show("watch saw all", enough.wait(20))
client.cancel_watch(watch)
show("watch", seen)

events, cancel = client.watch("b", start_revision=1)
show("history", [f"{type(event).__name__} {event.value}" for _, event in zip(range(2), events)])
cancel()

show("delete", client.delete("b"), client.delete("b"))
show("delete prefix", client.delete_prefix("a/").deleted)
revision = client.get("t")[1].response_header.revision
client.compact(revision)
attempt("compact again", lambda: client.compact(revision))


def watch_compacted():
    compacted, stop = client.watch("b", start_revision=1)
    try:
        return next(compacted)
    finally:
        stop()


attempt("watch the compacted", watch_compacted)
show("revision", revision)
show("members", [(member.name, len(member.peer_urls), len(member.client_urls)) for member in client.members])
show("alarms", list(client.list_alarms()))
