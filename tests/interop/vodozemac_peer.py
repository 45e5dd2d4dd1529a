# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our Olm machine against vodozemac: vodozemac_peer.py MESSAGES OLM_PEER.

Messages go both ways in random order, some twice, some never; each is read once, as it was sent.
"""
import base64, json, random, subprocess, sys
from vodozemac import Account, AnyOlmMessage, Curve25519PublicKey

OLM = "m.olm.v1.curve25519-aes-sha2"
WINDOW = 30  # both ends remember the keys of 40 skipped messages


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Ours:
    user, device = "@ours:x", "OURS"

    def __init__(self, program):
        self.process = subprocess.Popen([*program, self.user, self.device], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, **line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Theirs:
    """A device as other clients are, on vodozemac."""
    user, device = "@theirs:x", "THEIRS"

    def __init__(self):
        self.account = Account()
        self.curve = self.account.curve25519_key.to_base64()
        self.ed = self.account.ed25519_key.to_base64()
        self.sessions = []

    def signed(self, value):
        signature = self.account.sign(canonical(value)).to_base64()
        return {**value, "signatures": {self.user: {f"ed25519:{self.device}": signature}}}

    def device_keys(self):
        return self.signed({
            "user_id": self.user, "device_id": self.device, "algorithms": [OLM],
            "keys": {f"curve25519:{self.device}": self.curve, f"ed25519:{self.device}": self.ed}})

    def one_time_key(self):
        self.account.generate_one_time_keys(1)
        (key_id, key), = self.account.one_time_keys.items()
        self.account.mark_keys_as_published()
        return {f"signed_curve25519:{key_id}": self.signed({"key": key.to_base64()})}

    def encrypt(self, text, peer):
        payload = {"type": "m.test", "content": {"text": text}, "sender": self.user,
                   "recipient": Ours.user, "recipient_keys": {"ed25519": peer["ed"]},
                   "keys": {"ed25519": self.ed}}
        kind, body = self.sessions[-1].encrypt(json.dumps(payload).encode()).to_parts()
        return {"algorithm": OLM, "sender_key": self.curve,
                "ciphertext": {peer["curve"]: {"type": kind, "body": unpadded(body)}}}

    def open(self, content, peer):
        part = content["ciphertext"][self.curve]
        message = AnyOlmMessage.from_parts(part["type"], padded(part["body"]))
        payload = None
        for session in reversed(self.sessions):
            try:
                payload = session.decrypt(message)
                break
            except Exception:
                continue
        if payload is None:
            if part["type"] != 0:
                return None
            try:
                session, payload = self.account.create_inbound_session(
                    Curve25519PublicKey.from_base64(peer["curve"]), message.to_pre_key())
            except Exception:
                return None
            self.sessions.append(session)
        event = json.loads(payload)
        assert event["sender"] == Ours.user and event["recipient"] == self.user
        assert event["recipient_keys"]["ed25519"] == self.ed and event["keys"]["ed25519"] == peer["ed"]
        return event["content"]["text"]


def unpadded(data):
    return base64.b64encode(data).decode().rstrip("=")


def padded(text):
    return base64.b64decode(text + "=" * (-len(text) % 4))


def serve(ours, theirs, uploads):
    """Answers what our machine asks the homeserver for."""
    while True:
        requests = ours.ask(take=True)["requests"]
        if not requests:
            return
        for request in requests:
            kind, body = request["kind"], {}
            if kind == "upload":
                uploads.append(request["body"])
                body = {"one_time_key_counts": {"signed_curve25519": 50}}
            elif kind == "query":
                body = {"device_keys": {theirs.user: {theirs.device: theirs.device_keys()}}}
            else:
                body = {"one_time_keys": {theirs.user: {theirs.device: theirs.one_time_key()}}}
            ours.ask(answer=kind, id=request["id"], body=body)


def meet(ours, theirs, we_open):
    """The first messages: a session that the one end opens or the other."""
    uploads = []
    serve(ours, theirs, uploads)
    ours.ask(encrypt="", user=theirs.user, device=theirs.device)
    serve(ours, theirs, uploads)
    keys = uploads[0]["device_keys"]["keys"]
    peer = {"curve": keys[f"curve25519:{Ours.device}"], "ed": keys[f"ed25519:{Ours.device}"]}
    if not we_open:
        key = next(iter(uploads[0]["one_time_keys"].values()))["key"]
        theirs.sessions.append(theirs.account.create_outbound_session(
            Curve25519PublicKey.from_base64(peer["curve"]), Curve25519PublicKey.from_base64(key)))
        first = theirs.encrypt("first", peer)
        assert ours.ask(open=first, sender=theirs.user) == {"text": "first"}
        return peer
    sent = ours.ask(encrypt="first", user=theirs.user, device=theirs.device)
    serve(ours, theirs, uploads)
    sent = sent if "content" in sent else ours.ask(encrypt="first", user=theirs.user, device=theirs.device)
    assert theirs.open(sent["content"], peer) == "first"
    return peer


def exchange(ours, theirs, peer, number, rng):
    seen = 0
    for first in range(0, number, WINDOW):
        from_us = rng.random() < 0.5
        wire = []
        for n in range(first, min(first + WINDOW, number)):
            text = f"message {n} ü"
            content = (ours.ask(encrypt=text, user=theirs.user, device=theirs.device)["content"]
                       if from_us else theirs.encrypt(text, peer))
            wire += [(text, content)] * rng.choice([1, 1, 1, 1, 2, 0])
        rng.shuffle(wire)
        done = set()
        for text, content in wire:
            got = (theirs.open(content, peer) if from_us
                   else ours.ask(open=content, sender=theirs.user).get("text"))
            assert got == (None if text in done else text), (text, got)
            done.add(text)
        seen += len(done)
    return seen


number, program = int(sys.argv[1]), sys.argv[2:]
for we_open in (True, False):
    ours, theirs = Ours(program), Theirs()
    peer = meet(ours, theirs, we_open)
    read = exchange(ours, theirs, peer, number, random.Random(7))
    print(f"{'we' if we_open else 'they'} open: {read} of {number} read")
    assert read > number * 0.7
