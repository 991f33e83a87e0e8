#!/usr/bin/env bash
# Writes every generated file afresh; with --check it writes nothing and fails where one is stale, naming each.
set -uo pipefail
cd "$(dirname "$0")"
status=0
for script in embed.sh support_table.sh; do
  [[ -x $script ]] || continue
  "./$script" "$@" || status=1
done
exit $status
