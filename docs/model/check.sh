#!/bin/sh
# Explores the models with spin: each property must hold in every state, and each planted bug must be found.
# Prints one line per run: as expected or not, held or found, states, seconds. Exits with 1 if a run is not as expected.
cd "$(dirname "$0")" || exit 1
cc=$(command -v cc || command -v gcc || command -v clang)
if ! command -v spin >/dev/null || [ -z "$cc" ]; then
  echo "spin and a C compiler are required: apt-get install spin gcc, or brew install spin" >&2
  exit 2
fi
here=$(pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1
failed=0

# explore <expected> <model> <title> <spin switches> [compiler switches] [pan switches]
explore() {
  began=$(date +%s)
  verdict=unfinished states=-
  rm -f pan*
  # -Q: minutes; MEMLIM: MiB. A run that reaches one of these limits, or the depth, is neither held nor found.
  # shellcheck disable=SC2086
  if spin -a $4 "$here/$2.pml" >out 2>&1 &&
    "$cc" -O2 -w ${5:--DSAFETY} -DNOREDUCE -DMEMLIM=4000 -o pan pan.c >out 2>&1; then
    ./pan ${6:--E} -Q5 -m1000000 >out 2>&1
    states=$(awk '/states, stored/ { printf "%d", $1 }' out)
    if grep -q '^pan:[0-9]*: \(assertion violated\|non-progress cycle\)' out; then verdict=found
    elif grep -q 'Search not completed\|max search depth too small\|aborting' out; then verdict=unfinished
    elif grep -q 'errors: 0' out; then verdict=held
    fi
  fi
  sign=ok
  [ "$verdict" = "$1" ] || { sign='NOT AS EXPECTED'; failed=1; }
  printf '%-4s %-10s %-11s %-52s %9s states %4s s\n' "$sign" "$verdict" "$2" "$3" "${states:--}" $(($(date +%s) - began))
  case $verdict in unfinished) sed 's/^/     /' out | head -5 ;; esac
}

explore held p1-instant "P1, three faults" ""
explore held p1-instant "P1, one fault, instances are removed" "-DMAXF=1 -DSTRIKES"
explore held p3-bounded "P3, Redis delivers nothing" ""
explore held p6-repush "P6, and P1 for cut-offs, four faults" ""
explore held p6-repush "P6, every run comes to rest" "" "-DNP" "-l -E"

bug() { explore found "$1" "bug: $3" "-D$2"; }
bug p1-instant BUG_NOSET "the ended set is not checked"
bug p1-instant BUG_LEASE_RECEIPT "a receipt extends the lease"
bug p1-instant BUG_NOTAIL "caches trusted before the tail is read"
bug p1-instant BUG_YOUNG "a young registration is trusted"
bug p1-instant BUG_RUNID "another server is not noticed"
bug p1-instant BUG_RUNID_RETURNS "a server that returns is not noticed"
bug p1-instant BUG_GAP "a heartbeat whose receipt was lost is ignored"
bug p1-instant BUG_READ_ONLY "a push accepted by a read-only replica"
bug p1-instant BUG_STANDING_SENT "registration counted from sending"
bug p1-instant BUG_WAIT_SENT "wait for a lease counted from sending"
bug p1-instant "BUG_STRIKE -DMAXF=1 -DSTRIKES" "an instance that registered again is removed"
bug p1-instant BUG_204 "204 though the push failed"
bug p3-bounded BUG_NOSET "the ended set is not checked"
bug p3-bounded BUG_NO_ROUNDS "no tail reads"
bug p3-bounded BUG_NO_OVERLAP "tail reads do not overlap"
bug p3-bounded BUG_NO_BOUND "unlimited trust without Postgres"
bug p3-bounded BUG_ROUND_RECEIPT "trust counted from the response of a tail read"
bug p6-repush BUG_NO_REPUSH "unconfirmed changes are not pushed again"
bug p6-repush BUG_NOT_PUSHED "a cut-off is not pushed"
bug p6-repush BUG_BACK "a late push moves a cut-off back"
bug p6-repush BUG_CONFIRM "confirming a version confirms a newer one"
bug p6-repush BUG_204 "204 though the push failed"

exit $failed
