#!/usr/bin/env python3
"""Open-source Vizier's service, with its studies in a database that stays. See docs/integrations/vizier.md."""

import argparse
import signal

from vizier.service import servers


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--host", default="localhost", help="the service knows no passwords: loopback, or a network of yours")
    arguments.add_argument("--port", type=int, default=28080)
    arguments.add_argument("--database", default="vizier.db", metavar="FILE", help="SQLite")
    options = arguments.parse_args()
    server = servers.DefaultVizierServer(
        host=options.host, port=options.port, database_url=f"sqlite:///{options.database}")
    print(f"listening on {server.endpoint}", flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
