/* P3: Redis delivers nothing, yet every lease is live: the worst case of a split brain. Only the tail limits it.
 *
 * There are two instances. One tick is the longest time until the next tail read has started and finished if Postgres
 * is reachable; this is the only assumption about time. A revocation is stamped at most SLACK ticks before it is
 * committed, and a revoker that cannot know better may mark it as enforced immediately.
 * README.md maps the steps to the code. */
#define STALE 3             /* ticks for which caches are trusted without a successful tail read (a round) */
#define SLACK 2             /* ticks between stamp and commit; consecutive rounds overlap by as much */
#ifdef BUG_NO_OVERLAP
#define OVERLAP 0
#else
#define OVERLAP SLACK
#endif
#define LONG 7

bool stamped, committed, enforced;
byte stampAge, commitAge;   /* ticks since then, up to LONG */
bool ended[2];
byte age[2];                /* ticks since the last successful round was sent; LONG: none yet */
bool round[2];              /* a round is in flight */
byte roundAge[2];
bool sees[2];               /* its response contains the revocation */
bool cut[2];                /* cannot reach Postgres */
bool wasCut[2];             /* at some time in this tick or the previous one */
bool cutThisTick[2];
bool fresh[2];              /* a round that started in this tick is finished */

#define MORE(x) (x < LONG -> x + 1 : LONG)

proctype Instance(byte i) {
  do
#ifndef BUG_NO_ROUNDS
  :: d_step { !round[i] && !cut[i] -> round[i] = true; roundAge[i] = 0;
       sees[i] = committed && (!enforced || stampAge <= age[i] + OVERLAP || age[i] == LONG) }
  :: d_step { round[i] && !cut[i] -> round[i] = false; ended[i] = ended[i] || sees[i]; sees[i] = false;
#ifdef BUG_ROUND_RECEIPT
       age[i] = 0;
#else
       age[i] = (roundAge[i] < age[i] -> roundAge[i] : age[i]);
#endif
       if :: roundAge[i] == 0 -> fresh[i] = true :: else fi; roundAge[i] = 0 }
  :: d_step { round[i] -> round[i] = false; sees[i] = false; roundAge[i] = 0 }      /* the round fails */
#endif
  :: d_step { !cut[i] -> cut[i] = true; wasCut[i] = true; cutThisTick[i] = true }
  :: d_step { cut[i] -> cut[i] = false }
  od
}
active proctype Revoker() {
  d_step { stamped = true; stampAge = 0 };
  d_step { committed = true; commitAge = 0 };
  if :: enforced = true :: skip fi
}
/* An instance that reaches Postgres during a whole tick finishes a round that started in the tick. */
#ifdef BUG_NO_ROUNDS
#define DONE(i) true
#else
#define DONE(i) (fresh[i] || cutThisTick[i])
#endif
active proctype Time() {
  do
  :: d_step { DONE(0) && DONE(1) && (!stamped || committed || stampAge < SLACK) ->
       stampAge = (stamped -> MORE(stampAge) : 0); commitAge = (committed -> MORE(commitAge) : 0);
       age[0] = MORE(age[0]); age[1] = MORE(age[1]);
       roundAge[0] = (round[0] -> MORE(roundAge[0]) : 0); roundAge[1] = (round[1] -> MORE(roundAge[1]) : 0);
       wasCut[0] = cutThisTick[0] || cut[0]; wasCut[1] = cutThisTick[1] || cut[1];
       cutThisTick[0] = cut[0]; cutThisTick[1] = cut[1]; fresh[0] = false; fresh[1] = false }
  od
}
#ifdef BUG_NO_BOUND
#define TRUSTS(i) (age[i] != LONG)
#else
#define TRUSTS(i) (age[i] <= STALE)
#endif
#ifdef BUG_NOSET
#define GRANTS(i) (committed && TRUSTS(i))
#else
#define GRANTS(i) (committed && TRUSTS(i) && !ended[i])
#endif
/* Two ticks after the commit, an instance that reaches Postgres refuses; after the staleness bound, every instance does. */
#define BROKEN(i) (GRANTS(i) && ((commitAge >= 2 && !wasCut[i]) || commitAge > STALE))
active proctype Promise() { atomic { BROKEN(0) || BROKEN(1) -> assert(false) } }
init { atomic { age[0] = LONG; age[1] = LONG; run Instance(0); run Instance(1) } }
