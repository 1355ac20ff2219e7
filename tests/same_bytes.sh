#!/usr/bin/env bash
# The traces of the recorded calls are the same bytes on every Python of this machine, each under ten hash seeds.
# One process per interpreter and seed, as many at a time as there are processors.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pythons=()
for version in 3.10 3.11 3.12 3.13; do
  for candidate in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/$version.*/bin/python; do
    if "$candidate" -c "import sys; sys.exit(sys.version_info[:2] != tuple(map(int, '$version'.split('.'))))" 2>/dev/null; then
      pythons+=("$version=$candidate")
      break
    fi
  done
done
[ "${#pythons[@]}" -gt 0 ] || { echo "no Python from 3.10 to 3.13 found"; exit 1; }

install() { # VERSION=PYTHON
  "${1#*=}" -m venv "$work/${1%%=*}"
  "$work/${1%%=*}/bin/pip" install --quiet --disable-pip-version-check .
}
retrace() { # VERSION SEED
  PYTHONHASHSEED=$2 DIAGNOSE_KNOWLEDGE=knowledge OPENBLAS_NUM_THREADS=1 \
    "$work/$1/bin/python" tests/retrace.py transcripts/*.jsonl | sha256sum > "$work/$1-$2.sum"
}
export -f install retrace
export work
# Not at the same time: they build in the same folder.
for python in "${pythons[@]}"; do install "$python"; done
for python in "${pythons[@]}"; do
  for seed in 0 1 2 3 4 5 6 7 8 9; do echo "${python%%=*} $seed"; done
done | xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 bash -euo pipefail -c 'retrace "$@"' retrace

reference=$(cat "$work"/*-0.sum | head -n 1)
differing=0
for sum in "$work"/*.sum; do
  if [ "$(cat "$sum")" != "$reference" ]; then
    name=$(basename "$sum" .sum)
    echo "Python ${name%-*}, hash seed ${name##*-}: the traces differ ($(cat "$sum"), not $reference)"
    differing=1
  fi
done
[ "$differing" -eq 0 ] || exit 1
for python in "${pythons[@]}"; do
  echo "Python ${python%%=*}: the same traces under $(ls "$work/${python%%=*}"-*.sum | wc -l) hash seeds"
done
