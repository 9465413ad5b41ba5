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
  printf '%-4s %-10s %-12s %-56s %9s states %4s s\n' "$sign" "$verdict" "$2" "$3" "${states:--}" $(($(date +%s) - began))
  case $verdict in unfinished) sed 's/^/     /' out | head -5 ;; esac
}

explore held p1-instant "P1, three faults" ""
explore held p1-instant "P1, one fault, instances are removed" "-DMAXF=1 -DSTRIKES"
explore held p3-bounded "P3, Redis delivers nothing" ""
explore held p6-repush "P6, and P1 for cut-offs, four faults" ""
explore held p6-repush "P6, every run comes to rest" "" "-DNP" "-l -E"
explore held user-cut-off "cut-offs of a user, two faults" ""
explore held p8-guard "P8, one guard, three faults" ""
explore held p8-guard "P8, two guards, one fault" "-DGUARDS=2 -DMAXF=1"
explore held p8-guard "P9, open streams, two faults" "-DSTREAMS -DMAXF=2"
explore held p8-single "P8 without Redis, two guards, six faults" ""
explore held p3-guard "P3 for guards, Redis delivers nothing" ""

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
bug p3-bounded BUG_TIME_STAMPS "tail reads go by time stamp, and overlap"
bug p3-bounded BUG_IN_PROGRESS "transactions in progress count as read"
bug p3-bounded BUG_LONG_ROUND "caches trusted after a read that took long"
bug p3-bounded BUG_PAGES "caches trusted between the pages of a read"
bug p3-bounded BUG_FAILED_ROUND "a failed tail read counts as read"
bug p3-bounded BUG_NO_BOUND "unlimited trust without Postgres"
bug p3-bounded BUG_ROUND_RECEIPT "trust counted from the response of a tail read"
bug p6-repush BUG_NO_REPUSH "unconfirmed changes are not pushed again"
bug p6-repush BUG_NOT_PUSHED "a cut-off is not pushed"
bug p6-repush BUG_BACK "a late push moves a cut-off back"
bug p6-repush BUG_CONFIRM "confirming a version confirms a newer one"
bug p6-repush BUG_204 "204 though the push failed"
bug user-cut-off BUG_LOAD "a load from Postgres ignores the cut-off"
bug user-cut-off BUG_TAIL "the tail ignores the cut-off"
bug user-cut-off BUG_REFRESH "refresh ignores the cut-off"
bug user-cut-off BUG_PUSH "a cut-off is not pushed"
bug user-cut-off BUG_LOGIN_EARLY "a login inserts the version that it read before"
bug user-cut-off BUG_LOGIN_UNLOCKED "a login does not lock the user"
bug user-cut-off BUG_LOGIN_UNVERIFIED "a login inserts a version with another password"
bug user-cut-off BUG_KEEP "the session that is kept keeps its version"
bug user-cut-off BUG_CLOSE_ONCE "only the revoker closes rows"
bug user-cut-off BUG_CLOSE_ALL "rows of newer sessions are closed"
bug user-cut-off BUG_CLOSED "rows of a newer version count as closed"
bug p8-guard BUG_NO_SNAPSHOT "rule 1: no snapshot"
bug p8-guard BUG_SNAPSHOT_GAP "rule 1: ends between the snapshot and the connection"
bug p8-guard BUG_LEASE_UNCHECKED "rule 2: a guard grants without a lease"
bug p8-guard BUG_NO_TRUST "rule 2: a pong without a lease of the parent"
bug p8-guard BUG_FULL_LEASE "rule 2: a pong good for a full lease"
bug p8-guard BUG_PONG_RECEIPT "rule 2: the lease counted from the pong"
bug p8-guard BUG_PONG_FIRST "rule 3: a pong overtakes an end"
bug p8-guard BUG_TAIL_KEPT "rule 3: ends from the tail are not written"
bug p8-guard BUG_ACK_EARLY "rule 4: acknowledged before the guards"
bug p8-guard BUG_OWN_GUARDS "rule 4: a revoker ignores its own guards"
bug p8-guard BUG_DISCONNECT "rule 4: no wait after a disconnect"
bug p8-guard BUG_SAME_ID "rule 5: a restart keeps its id in the table"
bug p8-guard BUG_YOUNG "rule 5: a young registration is trusted"
bug p8-guard BUG_LEAVE_FIRST "rule 6: leaves the table before its guards"
bug p8-guard BUG_LEAVING_PONG "rule 6: pongs while shutting down are not counted"
bug p8-guard BUG_ASK_UNTRUSTED "rule 7: answers from caches without a lease"
bug p8-guard BUG_ANSWER_JOINED "rule 7: a request joins an earlier question"
bug p8-guard BUG_DROP "rule 8: a full buffer drops an end"
bug p8-guard "BUG_CLOSE_LATER -DSTREAMS" "P9: streams closed after the acknowledgement"
bug p8-guard "BUG_OPEN_UNCHECKED -DSTREAMS" "P9: a stream opened after the last check"
bug p8-guard "BUG_NO_PAUSE -DSTREAMS" "P9: a stream served without a lease"
bug p8-single BUG_YOUNG "rule 5: a young instance answers 204"
bug p8-single BUG_NO_WAIT "rule 4: 204 without waiting for guards"
bug p8-single BUG_REPEATED "rule 4: marked by the tail without waiting"
bug p8-single BUG_DISCONNECT "rule 4: no wait after a disconnect"
bug p8-single BUG_NOTAIL "rule 1: a start without earlier ends"
bug p8-single BUG_PONG_RECEIPT "rule 2: the lease counted from the pong"
bug p8-single BUG_DROP "rule 8: a full buffer drops an end"
bug p3-guard BUG_LEASE_ONLY "a pong outlasts the trust of the parent"
bug p3-guard BUG_UNBOUNDED "a pong without an end"
bug p3-guard BUG_TAIL_KEPT "ends from the tail are not written"

exit $failed
