#!/usr/bin/env bash
# The traces of the recorded calls are the same bytes on every Python of this machine and under ten hash seeds.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
reference=""
pythons=()
for version in 3.10 3.11 3.12 3.13; do
  for candidate in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/$version.*/bin/python; do
    if "$candidate" -c "import sys; sys.exit(sys.version_info[:2] != tuple(map(int, '$version'.split('.'))))" 2>/dev/null; then
      pythons+=("$candidate")
      break
    fi
  done
done
[ "${#pythons[@]}" -gt 0 ] || { echo "no Python from 3.10 to 3.13 found"; exit 1; }
for python in "${pythons[@]}"; do
  name=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  "$python" -m venv "$work/$name"
  "$work/$name/bin/pip" install --quiet --disable-pip-version-check .
  for seed in 0 1 2 3 4 5 6 7 8 9; do
    [ "$seed" -lt 2 ] || [ "$name" = "3.11" ] || [ -n "${ALL_SEEDS:-}" ] || continue
    sum=$(PYTHONHASHSEED=$seed DIAGNOSE_KNOWLEDGE=knowledge "$work/$name/bin/python" tests/retrace.py transcripts/*.jsonl | sha256sum)
    if [ -z "$reference" ]; then reference=$sum; fi
    if [ "$sum" != "$reference" ]; then
      echo "Python $name, hash seed $seed: the traces differ ($sum, not $reference)"
      exit 1
    fi
  done
  echo "Python $name: the same traces"
done
