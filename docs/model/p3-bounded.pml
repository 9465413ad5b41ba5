/* P3: Redis delivers nothing, yet every lease is live: the worst case of a split brain. Only the tail limits it.
 *
 * There is one instance: without Redis, another one changes nothing for it. One tick is the longest time until the first page of the next tail read has arrived if
 * Postgres is reachable; this is the only assumption about time. A transaction may last arbitrarily long after it has
 * stamped the revocation, and a read may have so many pages that the others take arbitrarily long. A revoker that cannot
 * know better may mark the revocation as enforced immediately. README.md maps the steps to the code. */
#define STALE 3             /* ticks for which caches are trusted without a successful tail read (a round) */
#define LONG 7

bool stamped, committed, enforced;
byte stampAge, commitAge;   /* ticks since then, up to LONG */
bool ended;
byte age;                /* ticks since the last successful round was sent; LONG: none yet */
bool round;              /* a round is in flight */
byte roundAge;
bool sees;               /* its pages contain the revocation */
bool inSnapshot;         /* its snapshot does */
bool covered;            /* a successful round had the transaction in its snapshot: later rounds leave it out */
bool firstPage;          /* the first of several pages has arrived */
bool behind;             /* a round has more than one page, and no later one is finished */
bool cut;                /* cannot reach Postgres */
bool wasCut;             /* at some time in this tick or the previous one */
bool cutThisTick;
bool fresh;              /* the first page of a round that started in this tick has arrived */

/* A bug: what was in progress at the snapshot counts as covered. */
#ifdef BUG_IN_PROGRESS
#define SNAPSHOT inSnapshot = stamped
#else
#define SNAPSHOT inSnapshot = committed
#endif
/* A bug: the rounds go by time stamp, and overlap by two ticks. */
#ifdef BUG_TIME_STAMPS
#define SINCE_LAST (!enforced || stampAge <= age + 2 || age == LONG)
#else
#define SINCE_LAST !covered
#endif
#ifdef BUG_TIME_STAMPS
#define AGE_OF_STAMP stampAge = (stamped -> MORE(stampAge) : 0)
#else
#define AGE_OF_STAMP skip
#endif
#define MORE(x) (x < LONG -> x + 1 : LONG)

proctype Instance() {
  do
#ifndef BUG_NO_ROUNDS
  :: d_step { !round && !cut -> round = true; roundAge = 0; SNAPSHOT;
       sees = committed && SINCE_LAST }
  /* The first page, and it is not the last. */
  :: d_step { round && !cut && !firstPage -> firstPage = true; behind = true;
       if :: ended = ended || sees :: skip fi;
       if :: roundAge == 0 -> fresh = true :: else fi }
  /* The last page of several. What was committed meanwhile may be old by now, so the next round starts. */
  :: d_step { round && !cut && firstPage -> round = false; ended = ended || sees; sees = false; firstPage = false;
       covered = covered || inSnapshot; inSnapshot = false;
#ifdef BUG_LONG_ROUND
       age = (roundAge < age -> roundAge : age); behind = false;
#endif
       roundAge = 0 }
  /* The only page. */
  :: d_step { round && !cut && !firstPage -> round = false; ended = ended || sees; sees = false;
       covered = covered || inSnapshot; inSnapshot = false; behind = false;
#ifdef BUG_ROUND_RECEIPT
       age = 0;
#else
       age = (roundAge < age -> roundAge : age);
#endif
       if :: roundAge == 0 -> fresh = true :: else fi; roundAge = 0 }
  :: d_step { round -> round = false; sees = false; firstPage = false;
#ifdef BUG_FAILED_ROUND
       covered = covered || inSnapshot; behind = false;
#endif
       inSnapshot = false; roundAge = 0 }                                     /* the round fails */
#endif
  :: d_step { !cut -> cut = true; wasCut = true; cutThisTick = true }
  :: d_step { cut -> cut = false }
  od
}
active proctype Revoker() {
  d_step { stamped = true; stampAge = 0 };
  d_step { committed = true; commitAge = 0 };
  if :: enforced = true :: skip fi
}
/* An instance that reaches Postgres during a whole tick receives the first page of a round that started in the tick,
 * unless it is still reading the other pages of an earlier one. */
#ifdef BUG_NO_ROUNDS
#define DONE true
#else
#define DONE (fresh || firstPage || cutThisTick)
#endif
active proctype Time() {
  do
  :: d_step { DONE -> AGE_OF_STAMP;
       commitAge = (committed -> MORE(commitAge) : 0);
       age = MORE(age);
       roundAge = (round -> MORE(roundAge) : 0);
       wasCut = cutThisTick || cut;
       cutThisTick = cut; fresh = false }
  od
}
#ifdef BUG_NO_BOUND
#define TRUSTS (age != LONG && !behind)
#else
#ifdef BUG_PAGES
#define TRUSTS (age <= STALE)
#else
#define TRUSTS (age <= STALE && !behind)
#endif
#endif
#ifdef BUG_NOSET
#define GRANTS (committed && TRUSTS)
#else
#define GRANTS (committed && TRUSTS && !ended)
#endif
/* Two ticks after the commit, an instance that reaches Postgres refuses; after the staleness bound, every instance does. */
#define BROKEN (GRANTS && ((commitAge >= 2 && !wasCut) || commitAge > STALE))
active proctype Promise() { atomic { BROKEN -> assert(false) } }
init { atomic { age = LONG; run Instance() } }
