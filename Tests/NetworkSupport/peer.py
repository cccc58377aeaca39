"""A host that sends and receives as it is told: commands on standard input, a line of answer for each."""

import socket
import struct
import sys

sockets = {}


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def bound(kind, address, port):
    made = socket.socket(family(address), kind)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((address, int(port)))
    return made


def granted(client, server, count):
    """Asks for a mapping of each of so many UDP ports, all at once, until there is an answer to each."""
    made = bound(socket.SOCK_DGRAM, client, 0)
    made.settimeout(1)
    mapped = b"\0" * 10 + b"\xff\xff"
    waiting = set(range(2000, 2000 + count))
    for _ in range(10):
        for port in waiting:
            header = struct.pack("!BBHI", 2, 1, 0, 600) + mapped + socket.inet_aton(client)
            body = b"n" * 12 + struct.pack("!BxxxHH", 17, port, 0) + mapped + b"\0" * 4
            made.sendto(header + body, (server, 5351))
        try:
            while waiting:
                octets = made.recv(1100)
                if octets[3] == 0:
                    waiting.discard(struct.unpack("!H", octets[40:42])[0])
        except socket.timeout:
            pass
    return count - len(waiting)


def answer(verb, name, *words):
    if verb == "udp":
        sockets[name] = bound(socket.SOCK_DGRAM, *words)
    elif verb == "listen":
        sockets[name] = bound(socket.SOCK_STREAM, *words)
        sockets[name].listen()
    elif verb == "connect":
        made = bound(socket.SOCK_STREAM, words[2], words[3])
        made.settimeout(float(words[4]))
        sockets[name] = made
        made.connect((words[0], int(words[1])))
    elif verb == "accept":
        sockets[words[0]].settimeout(float(words[1]))
        sockets[name], peer = sockets[words[0]].accept()
        return f"{peer[0]} {peer[1]}"
    elif verb == "send":
        if len(words) == 3:
            sockets[name].sendto(words[0].encode(), (words[1], int(words[2])))
        else:
            sockets[name].send(words[0].encode())
    elif verb == "receive":
        sockets[name].settimeout(float(words[0]))
        octets, peer = sockets[name].recvfrom(1000)
        return octets.decode() + (f" {peer[0]} {peer[1]}" if peer else "")
    elif verb == "map":
        return str(granted(name, words[0], int(words[1])))
    elif verb == "close":
        sockets.pop(name).close()
    return "done"


for line in sys.stdin:
    try:
        print(answer(*line.split()), flush=True)
    except socket.timeout:
        print("nothing", flush=True)
    except OSError as error:
        print(f"failed: {error}", flush=True)
