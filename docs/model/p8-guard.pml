/* P8, and P1 for guards: two instances with Redis, and GUARDS guards, each connected to either instance or to none.
 *
 * Guards run in resource servers. A guard grants without asking while it holds a lease from its parent, the instance it is
 * connected to. p1-instant.pml models Redis in detail; here a heartbeat is received at once, and the only faults of Redis
 * are those that matter to guards. Time is not counted: waiting for one full lease is a timer (one bit), as in
 * p1-instant.pml. The lease of a guard ends no later than the lease that its parent held when it wrote the pong, so it
 * starts with the marks of that lease. -DBUG_... plants a bug, which must be found. -DSTREAMS adds open connections (P9).
 * MAXF limits the number of faults. README.md maps the steps to the code. */
#ifndef MAXF
#define MAXF 3
#endif
#ifndef GUARDS
#define GUARDS 1
#endif
#define NONE 2
#define AT(g, p) ((g) * 2 + (p))

bool committed, claimed;    /* in Postgres; answered with 204 or marked as enforced */
/* Instances */
bool ended[2];              /* the session is in the instance's ended set */
bool lease[2];
byte leaseOld[2];           /* timers that started after the heartbeat of the lease was sent */
bool subscribed[2];         /* false: no subscription, or a dead one that was not noticed yet */
bool pushTo[2];             /* a push is in flight to the instance */
bool ackDue[2];             /* it has received a push and has not acknowledged it */
bool registered[2];         /* in the table in Redis */
bool former, formerSeen;    /* the table has a row of an instance that crashed; the push in progress waits for it */
byte standing[2];           /* registration: 0 young, 1 its first lease is running, 2 has lasted a lease */
byte work[2];               /* revoker: 0 idle, 1 to push, 2 awaits an acknowledgement, 3 a full lease, 4 only its guards */
bool acked[2];
bool cut[2];                /* cannot write to Redis */
bool leaving[2];            /* shuts down: answers no more pings */
/* Guards */
byte parent[GUARDS];        /* NONE: not connected */
bool known[GUARDS];         /* the session is in the guard's ended set */
bool endTo[GUARDS];         /* the end is in flight to the guard */
bool held[GUARDS * 2];      /* AT(g, p): the guard holds a lease from instance p */
byte heldOld[GUARDS * 2];
bool owes[GUARDS * 2];      /* instance p has written a pong to the guard, and neither an ack nor the bound has passed since */
byte faults;
#ifdef STREAMS
bool opening[GUARDS];       /* the session was checked, and the stream is being set up */
bool stream[GUARDS];        /* a stream of the session is open */
#endif
#ifdef BUG_PONG_RECEIPT
bool pong[GUARDS * 2];      /* a pong is in flight */
#endif
#ifdef BUG_SNAPSHOT_GAP
bool wired[GUARDS];         /* the instance writes ends to this connection */
#define WIRED(g) wired[g]
#else
#define WIRED(g) true
#endif
#ifdef BUG_ANSWER_JOINED
bool answer[GUARDS];        /* an answer in flight says that the session is active */
#endif

#define STANDING(i) (1 << (i))
#define PUSHED(i)   (4 << (i))

/* Every guard that may hold a lease from this instance has acknowledged the end, or its lease has passed. */
#define DONE(p) (!owes[AT(0, p)] && !owes[AT(GUARDS - 1, p)])
#define TRUSTS(g) (!known[g] && (held[AT(g, 0)] || held[AT(g, 1)]))

inline begin(t) {
  leaseOld[0] = (lease[0] -> leaseOld[0] | (t) : 0); leaseOld[1] = (lease[1] -> leaseOld[1] | (t) : 0);
  heldOld[0] = (held[0] -> heldOld[0] | (t) : 0); heldOld[1] = (held[1] -> heldOld[1] | (t) : 0);
#if GUARDS == 2
  heldOld[2] = (held[2] -> heldOld[2] | (t) : 0); heldOld[3] = (held[3] -> heldOld[3] | (t) : 0)
#endif
}
inline endLease(i) { lease[i] = false; leaseOld[i] = 0 }
inline endHeld(a) { held[a] = false; heldOld[a] = 0 }
inline over(t) {
  if :: leaseOld[0] & (t) -> endLease(0) :: else fi; if :: leaseOld[1] & (t) -> endLease(1) :: else fi;
  if :: heldOld[0] & (t) -> endHeld(0) :: else fi; if :: heldOld[1] & (t) -> endHeld(1) :: else fi;
#if GUARDS == 2
  if :: heldOld[2] & (t) -> endHeld(2) :: else fi; if :: heldOld[3] & (t) -> endHeld(3) :: else fi
#endif
}
inline cancel(t) {
  leaseOld[0] = leaseOld[0] & (255 - (t)); leaseOld[1] = leaseOld[1] & (255 - (t));
  heldOld[0] = heldOld[0] & (255 - (t)); heldOld[1] = heldOld[1] & (255 - (t));
#if GUARDS == 2
  heldOld[2] = heldOld[2] & (255 - (t)); heldOld[3] = heldOld[3] & (255 - (t))
#endif
}
inline stopWork(i) { work[i] = 0; acked[i] = false; cancel(PUSHED(i)) }
inline hold() { claimed = true }

/* A guard or instance that knows the session has ended does not grant it, so its lease need not be followed. */
inline learnGuard(g) {
  known[g] = true; endTo[g] = false; endHeld(AT(g, 0)); endHeld(AT(g, 1));
#if defined(STREAMS) && !defined(BUG_CLOSE_LATER)
  stream[g] = false;
#endif
}
inline tell(g, p) {
  if :: (parent[g] == p && !known[g] && WIRED(g)) -> endTo[g] = true :: else fi
}
inline learn(p) {
  ended[p] = true; endLease(p); tell(0, p);
#if GUARDS == 2
  tell(1, p)
#endif
}
inline disconnect(g) {
  parent[g] = NONE; endTo[g] = false;
#ifdef BUG_SNAPSHOT_GAP
  wired[g] = false;
#endif
#ifdef BUG_ANSWER_JOINED
  answer[g] = false;
#endif
}
inline drop(g, p) {
  owes[AT(g, p)] = false;
  if :: parent[g] == p -> disconnect(g) :: else fi
}
#ifdef BUG_YOUNG
#define YOUNG(i) false
#else
#define YOUNG(i) (standing[i] != 2)
#endif
/* The process ends, and another one starts in its place, with another id. */
inline restart(p) {
  endLease(p); ended[p] = false; subscribed[p] = false; pushTo[p] = false; ackDue[p] = false; standing[p] = 0;
  cancel(STANDING(p)); stopWork(p); cut[p] = false; leaving[p] = false; drop(0, p);
#if GUARDS == 2
  drop(1, p)
#endif
}

proctype Instance(byte i) {
  byte o = 1 - i;
  do
  :: d_step { !subscribed[i] -> endLease(i); pushTo[i] = false; subscribed[i] = true;      /* and reads earlier revocations */
       if
       :: committed ->
#ifdef BUG_TAIL_KEPT
            ended[i] = true; endLease(i)
#else
            learn(i)
#endif
       :: else
       fi }
  :: d_step { !cut[i] && (!registered[i] || !lease[i] || leaseOld[i] != 0) ->                                  /* heartbeat */
       if :: (subscribed[i] && !pushTo[i] && !ended[i]) -> lease[i] = true; leaseOld[i] = 0 :: else fi;
       if :: !registered[i] -> registered[i] = true; standing[i] = 1; begin(STANDING(i)) :: else fi }
  :: d_step { standing[i] == 1 -> standing[i] = 2; over(STANDING(i)) }
  :: d_step { pushTo[i] -> pushTo[i] = false; ackDue[i] = true; learn(i) }
#ifdef BUG_ACK_EARLY
  :: d_step { ackDue[i] && !cut[i] ->
#else
  :: d_step { ackDue[i] && !cut[i] && DONE(i) ->
#endif
       ackDue[i] = false; if :: work[o] == 2 -> acked[o] = true :: else fi }
  /* --- revoking, or pushing again what is not confirmed --- */
  :: d_step { work[i] == 0 && !claimed && (committed || i == 0) -> committed = true; learn(i); work[i] = 1 }
  :: d_step { work[i] == 1 && cut[i] -> work[i] = 0 }                                                             /* 202 */
  :: d_step { work[i] == 1 && !cut[i] ->                                                             /* one step in Redis */
       if :: subscribed[o] -> pushTo[o] = true :: else fi;
       acked[i] = false; formerSeen = former;
       if
       :: (!registered[i] || YOUNG(i) || former) -> work[i] = 3
       :: else -> work[i] = (registered[o] -> 2 : 4)
       fi;
       begin(PUSHED(i)) }
#ifdef BUG_OWN_GUARDS
  :: d_step { (work[i] == 4 || (work[i] == 2 && acked[i])) -> stopWork(i); hold() }
#else
  :: d_step { DONE(i) && (work[i] == 4 || (work[i] == 2 && acked[i])) -> stopWork(i); hold() }
#endif
  :: d_step { work[i] >= 2 -> over(PUSHED(i)); stopWork(i); hold();
       if :: formerSeen -> former = false; formerSeen = false :: else fi }
  /* --- shutting down --- */
#ifdef BUG_LEAVE_FIRST
  :: d_step { leaving[i] -> registered[i] = false; restart(i) }
#else
  :: d_step { leaving[i] && DONE(i) -> registered[i] = false; restart(i) }
#endif
  od
}

/* The upper bound of the guard's lease has passed on the parent's clock. No later pong extended it: the parent knows of the
 * end, which precedes every later pong in the stream, or it answers no more pings. */
inline bound(g, p) { owes[AT(g, p)] = false; endHeld(AT(g, p)) }
inline takePong(g, p) { held[AT(g, p)] = true; heldOld[AT(g, p)] = leaseOld[p] }

/* An instance that knows of the end may trust its caches at any time, because its lease is not followed. Its pongs reach
 * only guards that know of the end: the snapshot or the end precedes them in the stream. */
#ifdef BUG_LEAVING_PONG
#define ANSWERS(p) (lease[p] || ended[p])
#define OWES(p) (!leaving[p])
#else
#define ANSWERS(p) ((lease[p] || ended[p]) && !leaving[p])
#define OWES(p) true
#endif
#ifdef BUG_PONG_FIRST
#define HAS_ENDS(g) true
#else
#define HAS_ENDS(g) (!endTo[g])
#endif
proctype Guard(byte g) {
  byte p;
  do
  :: atomic { parent[g] == NONE -> if :: !leaving[0] -> p = 0 :: !leaving[1] -> p = 1 fi;
       d_step { parent[g] = p;                                                           /* receives the snapshot */
#ifndef BUG_NO_SNAPSHOT
       if :: ended[p] -> learnGuard(g) :: else fi;
#endif
       p = 0 } }
#ifdef BUG_SNAPSHOT_GAP
  :: d_step { parent[g] != NONE && !wired[g] -> wired[g] = true }
#endif
  :: d_step { parent[g] != NONE && ANSWERS(parent[g]) && !known[g] && HAS_ENDS(g) ->
       owes[AT(g, parent[g])] = owes[AT(g, parent[g])] || OWES(parent[g]);         /* ping, pong */
#ifdef BUG_PONG_RECEIPT
       pong[AT(g, parent[g])] = true
#else
       takePong(g, parent[g]);
#ifdef BUG_FULL_LEASE
       heldOld[AT(g, parent[g])] = 0
#endif
#endif
     }
#ifdef BUG_NO_TRUST
  :: d_step { parent[g] != NONE && !ended[parent[g]] && !known[g] && !endTo[g] ->
       owes[AT(g, parent[g])] = true; held[AT(g, parent[g])] = true; heldOld[AT(g, parent[g])] = 0 }
#endif
#ifdef BUG_PONG_RECEIPT
  :: d_step { pong[AT(g, 0)] && !known[g] -> pong[AT(g, 0)] = false; held[AT(g, 0)] = true; heldOld[AT(g, 0)] = 0 }
  :: d_step { pong[AT(g, 1)] && !known[g] -> pong[AT(g, 1)] = false; held[AT(g, 1)] = true; heldOld[AT(g, 1)] = 0 }
#endif
  :: d_step { endTo[g] -> learnGuard(g) }
#if defined(STREAMS) && defined(BUG_CLOSE_LATER)
  :: d_step { known[g] && stream[g] -> stream[g] = false }
#endif
  :: d_step { known[g] && parent[g] != NONE && ended[parent[g]] && owes[AT(g, parent[g])] ->                        /* ack */
       owes[AT(g, parent[g])] = false }
  :: d_step { owes[AT(g, 0)] && (ended[0] || leaving[0]) -> bound(g, 0) }
  :: d_step { owes[AT(g, 1)] && (ended[1] || leaving[1]) -> bound(g, 1) }
  /* The parent shuts down: the guard ends the lease from it, acknowledges that, and connects elsewhere. */
  :: d_step { parent[g] != NONE && leaving[parent[g]] ->
       endHeld(AT(g, parent[g])); owes[AT(g, parent[g])] = false; disconnect(g) }
#ifdef BUG_ANSWER_JOINED
  :: d_step { parent[g] != NONE && !known[g] && !endTo[g] && (!committed || lease[parent[g]]) -> answer[g] = true }
  :: d_step { answer[g] -> answer[g] = false }
#endif
#ifdef STREAMS
  :: d_step { TRUSTS(g) && !opening[g] -> opening[g] = true }
#ifdef BUG_OPEN_UNCHECKED
  :: d_step { opening[g] -> opening[g] = false; stream[g] = true }
#else
  :: d_step { opening[g] -> opening[g] = false; if :: TRUSTS(g) -> stream[g] = true :: else fi }
#endif
#endif
  od
}

#define FAULT faults < MAXF -> faults++
active proctype Faults() {
  byte i, g;
  do
  :: d_step { FAULT; registered[0] = false; registered[1] = false; former = false }                             /* flush */
  :: atomic { FAULT; if :: i = 0 :: i = 1 fi;
       if
       :: d_step { subscribed[i] -> subscribed[i] = false; pushTo[i] = false }                        /* silent subscription */
       :: d_step { true ->                                                                                      /* crash */
#ifndef BUG_SAME_ID
            if :: registered[i] -> former = true; formerSeen = false; registered[i] = false :: else fi;
#endif
            restart(i) }
       :: !cut[i] -> cut[i] = true
       :: !leaving[i] -> leaving[i] = true                                                              /* rolling update */
       :: work[i] > 1 -> d_step { stopWork(i) }                                             /* the response to a push is lost */
       fi; i = 0 }
  :: atomic { FAULT; if :: g = 0 :: g = GUARDS - 1 fi;
       if
       :: d_step { parent[g] != NONE ->                                        /* connection lost, or a slow guard disconnected */
#ifdef BUG_DISCONNECT
            owes[AT(g, parent[g])] = false;
#endif
            disconnect(g) }
#ifdef BUG_DROP
       :: endTo[g] -> endTo[g] = false
#endif
       :: d_step { true -> disconnect(g); known[g] = false; endHeld(AT(g, 0)); endHeld(AT(g, 1));         /* guard crashes */
#ifdef STREAMS
            opening[g] = false; stream[g] = false;
#endif
#ifdef BUG_PONG_RECEIPT
            pong[AT(g, 0)] = false; pong[AT(g, 1)] = false
#endif
          }
       fi; g = 0 }
  :: d_step { cut[0] -> cut[0] = false }
  :: d_step { cut[1] -> cut[1] = false }
  od
}

#ifdef BUG_LEASE_UNCHECKED
#define ALLOWS(g) (!known[g])
#else
#ifdef BUG_ASK_UNTRUSTED
/* Without a lease, the guard asks its parent, which answers from its caches. */
#define ALLOWS(g) (TRUSTS(g) || (!known[g] && parent[g] != NONE && !ended[parent[g]]))
#else
#ifdef BUG_ANSWER_JOINED
#define ALLOWS(g) (TRUSTS(g) || (!known[g] && answer[g]))
#else
#define ALLOWS(g) TRUSTS(g)
#endif
#endif
#endif
/* P9: a stream is paused while the guard has no lease, and closed when it learns of the end. */
#ifdef STREAMS
#ifdef BUG_NO_PAUSE
#define SERVES(g) stream[g]
#else
#define SERVES(g) (stream[g] && (known[g] || TRUSTS(g)))
#endif
#else
#define SERVES(g) false
#endif
active proctype Promise() {
  atomic { claimed && (lease[0] || lease[1] || ALLOWS(0) || SERVES(0)
#if GUARDS == 2
    || ALLOWS(1) || SERVES(1)
#endif
  ) -> assert(false) }
}
init { atomic { parent[0] = NONE;
#if GUARDS == 2
  parent[1] = NONE;
#endif
  run Instance(0); run Instance(1); run Guard(0);
#if GUARDS == 2
  run Guard(1)
#endif
} }
