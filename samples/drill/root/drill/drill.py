"""Writes numbers into a system without pause, counts what is acknowledged, and at the end asks for every one of them.

    drill.py SYSTEM HOST [PASSWORD]      SYSTEM: zookeeper, etcd, redis, postgresql, mysql

Each number is written until it is acknowledged, so that the longest time between two acknowledgements is the unavailability that a
client sees; those of more than half a second are told as they end. It ends when the file /tmp/stop appears, reads everything back, prints one line of JSON and ends with 1 if something that
was acknowledged is missing.
"""

import base64
import json
import os
import sys
import time
import urllib.request

PAUSE = 0.02
PATIENCE = 2
WORTH_TELLING = 0.5


class Zookeeper:
    def __init__(self, host, _):
        import logging
        from kazoo.client import KazooClient
        from kazoo.exceptions import NodeExistsError
        logging.disable(logging.CRITICAL)
        self.exists = NodeExistsError
        self.client = KazooClient(hosts=host + ":2181", timeout=4)
        self.client.start(timeout=30)
        self.client.ensure_path("/drill")

    def write(self, number):
        try:
            self.client.create_async(f"/drill/{number}", b"x").get(timeout=PATIENCE)
        except self.exists:
            pass  # An earlier try had arrived; only its answer was lost.

    def read(self):
        self.client.sync("/drill")
        return {int(name) for name in self.client.get_children("/drill")}

    def close(self):
        self.client.stop()
        self.client.close()


class Etcd:
    def __init__(self, host, _):
        self.url = f"http://{host}:2379/v3/kv/"

    def ask(self, verb, body, patience=PATIENCE):
        request = urllib.request.Request(self.url + verb, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=patience) as answer:
            return json.load(answer)

    @staticmethod
    def text(value):
        return base64.b64encode(value.encode()).decode()

    def write(self, number):
        self.ask("put", {"key": self.text(f"drill/{number}"), "value": self.text("x")})

    def read(self):
        answer = self.ask("range", {"key": self.text("drill/"), "range_end": self.text("drill0"), "keys_only": True}, 30)
        return {int(base64.b64decode(pair["key"]).decode().split("/")[1]) for pair in answer.get("kvs", [])}

    def close(self):
        pass


class Redis:
    def __init__(self, host, _):
        import redis
        self.client = redis.Redis(host, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)

    def write(self, number):
        self.client.set(f"drill:{number}", "x")

    def read(self):
        return {int(key.split(b":")[1]) for key in self.client.scan_iter("drill:*", count=10000)}

    def close(self):
        self.client.close()


class Sql:
    """What the two databases share: a table of numbers, and a statement that may be repeated."""

    insert = ""

    def __init__(self, host, password):
        self.host, self.password = host, password
        self.connection = self.connect()
        with self.connection.cursor() as cursor:
            for statement in self.prepare:
                cursor.execute(statement)

    def write(self, number):
        with self.connection.cursor() as cursor:
            cursor.execute(self.insert, (number,))

    def read(self):
        with self.connection.cursor() as cursor:
            cursor.execute("select n from drill")
            return {row[0] for row in cursor.fetchall()}

    def close(self):
        self.connection.close()


class Postgresql(Sql):
    prepare = ["create table if not exists drill (n bigint primary key)"]
    insert = "insert into drill values (%s) on conflict do nothing"

    def connect(self):
        import psycopg2
        connection = psycopg2.connect(host=self.host, user="postgres", password=self.password, connect_timeout=PATIENCE, tcp_user_timeout=PATIENCE * 1000)
        connection.autocommit = True
        return connection


class Mysql(Sql):
    prepare = ["create database if not exists drill", "use drill", "create table if not exists drill (n bigint primary key)"]
    insert = "insert ignore into drill values (%s)"

    def connect(self):
        import pymysql
        import ssl
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        # MySQL asks for encryption, MariaDB of this image has none.
        encryption = {"ssl": context} if os.environ.get("ENCRYPT") else {}
        return pymysql.connect(host=self.host, user="root", password=self.password, connect_timeout=PATIENCE, read_timeout=PATIENCE,
                               write_timeout=PATIENCE, autocommit=True, **encryption)


SYSTEMS = {"zookeeper": Zookeeper, "etcd": Etcd, "redis": Redis, "postgresql": Postgresql, "mysql": Mysql}


def until_it_answers(action, client, connect):
    """Does the action, connecting again after each failure. Gives the result, the client in use and the number of failures."""
    failures = 0
    while True:
        try:
            if client is None:
                client = connect()
            return action(client), client, failures
        except Exception as error:  # pylint: disable=broad-except  # Each library has errors of its own; any of them means: try again.
            failures += 1
            if failures == 1:
                print("no answer:", type(error).__name__, str(error).strip().split("\n")[0], flush=True)
            if client is not None:
                try:
                    client.close()
                except Exception:  # pylint: disable=broad-except  # It was broken; what is left of it does not matter.
                    pass
            client = None
            time.sleep(0.1)


def main():
    system, host = SYSTEMS[sys.argv[1]], sys.argv[2]
    password = sys.argv[3] if len(sys.argv) > 3 else ""

    def connect():
        return system(host, password)

    client, number, failures, longest = None, 0, 0, 0.0
    _, client, _ = until_it_answers(lambda c: None, client, connect)
    last = said = time.monotonic()
    while not os.path.exists("/tmp/stop"):
        _, client, failed = until_it_answers(lambda c: c.write(number), client, connect)
        now = time.monotonic()
        failures += failed
        longest = max(longest, now - last)
        if now - last > WORTH_TELLING:
            print(f"unavailable {now - last:.2f}", flush=True)
        last, number = now, number + 1
        if now - said > 1:
            print(f"acknowledged {number}", flush=True)
            said = now
        time.sleep(PAUSE)
    found, client, _ = until_it_answers(lambda c: c.read(), client, connect)
    lost = sorted(set(range(number)) - found)
    print(json.dumps({"acknowledged": number, "lost": len(lost), "firstLost": lost[:5], "failures": failures, "unavailableSeconds": round(longest, 2)}), flush=True)
    sys.exit(1 if lost else 0)


main()
