/* P3 for guards: Redis delivers nothing, yet the lease of the parent is live. One instance, and one guard connected to it.
 *
 * Ticks, tail reads and the revocation are those of p3-bounded.pml. A guard's lease lasts at most LEASE ticks, and no longer
 * than its parent may trust its own caches. An end written to a working connection arrives by the end of the next tick.
 * README.md maps the steps to the code. */
#define STALE 5             /* ticks for which caches are trusted without a successful tail read (a round) */
#define SLACK 2             /* ticks between stamp and commit; consecutive rounds overlap by as much */
#define LEASE 2             /* ticks for which a pong is good at most */
#define LONG 9

bool stamped, committed, enforced;
byte stampAge, commitAge;   /* ticks since then, up to LONG */
bool ended;                 /* the instance has the session in its ended set */
byte age;                   /* ticks since the last successful round was sent; LONG: none yet */
bool round, sees;           /* a round is in flight; its response contains the revocation */
byte roundAge;
bool cut, wasCut, cutThisTick, fresh;   /* from Postgres, as in p3-bounded.pml */
bool cutSince;              /* was cut off at some time since the tick before the commit */
bool connected, known, endTo;   /* the guard: connection, ended set, an end in flight */
byte left;                  /* ticks for which the guard's lease is live */
byte linked;                /* ticks, up to 3, for which the connection has been unbroken */
byte endAge;                /* ticks since the end was written */

#define MORE(x) (x < LONG -> x + 1 : LONG)
#define LESS(a, b) (a < b -> a : b)
#define TRUSTS (age <= STALE)

inline learnGuard() { known = true; endTo = false; left = 0; endAge = 0 }
inline learn() {
#ifndef BUG_TAIL_KEPT
  if :: (!ended && connected && !known) -> endTo = true; endAge = 0 :: else fi;
#endif
  ended = true
}
active proctype Instance() {
  do
  :: d_step { !round && !cut -> round = true; roundAge = 0;
       sees = committed && (!enforced || stampAge <= age + SLACK || age == LONG) }
  :: d_step { round && !cut -> round = false; if :: sees -> learn() :: else fi; sees = false;
       age = LESS(roundAge, age); if :: roundAge == 0 -> fresh = true :: else fi; roundAge = 0 }
  :: d_step { round -> round = false; sees = false; roundAge = 0 }                                    /* the round fails */
  :: d_step { !cut -> cut = true; wasCut = true; cutThisTick = true; cutSince = true }
  :: d_step { cut -> cut = false }
  od
}
active proctype Guard() {
  do
  :: d_step { !connected -> connected = true; linked = 0; if :: ended -> learnGuard() :: else fi }      /* snapshot */
  :: d_step { connected && TRUSTS && !known && !endTo ->                                              /* ping and pong */
#ifdef BUG_UNBOUNDED
       left = LONG
#else
#ifdef BUG_LEASE_ONLY
       left = LEASE
#else
       left = LESS(LEASE, STALE + 1 - age)
#endif
#endif
     }
  :: d_step { endTo -> learnGuard() }
  :: d_step { connected -> connected = false; endTo = false; endAge = 0; linked = 0 }
  od
}
active proctype Revoker() {
  d_step { stamped = true; stampAge = 0 };
  d_step { committed = true; commitAge = 0; cutSince = wasCut };
  if :: enforced = true :: skip fi
}
#define DONE (fresh || cutThisTick)
active proctype Time() {
  do
  :: d_step { DONE && (!stamped || committed || stampAge < SLACK) && !(endTo && endAge == 1) ->
       stampAge = (stamped -> MORE(stampAge) : 0); commitAge = (committed -> MORE(commitAge) : 0);
       age = MORE(age); roundAge = (round -> MORE(roundAge) : 0);
       endAge = (endTo -> endAge + 1 : 0); left = (left > 0 -> left - 1 : 0);
       linked = (connected -> LESS(linked + 1, 3) : 0);
       wasCut = cutThisTick || cut; cutThisTick = cut; fresh = false }
  od
}
#define GRANTS (committed && left > 0 && !known)
/* With a connection and an instance that reaches Postgres, the guard refuses three ticks after the commit: one round, and one
 * tick for the end to arrive. Without the connection, after one tick and its lease. In any case, after the staleness bound. */
#define BROKEN (GRANTS && ((commitAge >= 3 && !wasCut && !cutSince && linked == 3) \
  || (commitAge >= 1 + LEASE && !cutSince) || commitAge > STALE))
active proctype Promise() { atomic { BROKEN -> assert(false) } }
init { age = LONG }
