#!/usr/bin/env bash
# The traces of the recorded calls are the same bytes on every Python of this machine and under ten hash seeds: all ten
# on the first Python, three on each of the others (ALL_SEEDS=1: all ten on each). One process per interpreter and
# seed, as many at a time as there are processors.
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
  "$work/${1%%=*}/bin/pip" install -qq --disable-pip-version-check "$work"/*.whl
}
retrace() { # VERSION SEED
  PYTHONHASHSEED=$2 DIAGNOSE_KNOWLEDGE=knowledge OPENBLAS_NUM_THREADS=1 \
    "$work/$1/bin/python" tests/retrace.py transcripts/*.jsonl | sha256sum > "$work/$1-$2.sum"
}
export -f install retrace
export work
several() { xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 bash -euo pipefail -c "$1"' "$@"' "$1"; }
"${pythons[0]#*=}" -m venv "$work/build"
"$work/build/bin/pip" wheel -qq --disable-pip-version-check --no-deps --wheel-dir "$work" .
printf '%s\n' "${pythons[@]}" | several install
seeds="0 1 2 3 4 5 6 7 8 9"
for python in "${pythons[@]}"; do
  for seed in $seeds; do echo "${python%%=*} $seed"; done
  [ -n "${ALL_SEEDS:-}" ] || seeds="0 4 7"
done | several retrace

reference=$(cat "$work/${pythons[0]%%=*}-0.sum")
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
