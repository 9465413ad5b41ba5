/* P1: two instances. Each serves requests, revokes, and pushes again what the other left unconfirmed.
 *
 * There is one session. Caches are not modelled: an instance with a lease may grant any session that is not in its
 * ended set. Time is not counted. Waiting for one full lease is a timer (one bit): when it starts, every lease and every
 * heartbeat in flight is marked as older than the timer; when it ends, everything with the mark is dropped.
 * -DBUG_... plants a bug, which must be found. MAXF limits the number of faults. README.md maps the steps to the code. */
#ifndef MAXF
#define MAXF 3
#endif

bool committed, claimed;    /* in Postgres; answered with 204 or marked as enforced */
bool ended[2];              /* the session is in the instance's ended set */
bool lease[2];
byte leaseOld[2];           /* timers that started after the heartbeat of the lease was sent */
bool subscribed[2];         /* false: no subscription, or a dead one that was not noticed yet */
bool beat[2];               /* a heartbeat to itself is in flight */
byte beatOld[2];
bool pushFirst[2];          /* a push is in flight, ahead of the heartbeat */
bool pushAfter[2];          /* a push is in flight, behind the heartbeat */
bool registered[2];         /* in the table in Redis */
byte receipt[2];            /* response to a heartbeat: 0 none expected, 1 unbroken, 2 broken */
bool gap[2];                /* the table may contain a sequence whose receipt was lost */
bool sameServer[2];         /* the last receipt came from the current server */
byte standing[2];           /* registration: 0 young, 1 its first lease is running, 2 has lasted a lease */
byte work[2];               /* revoker: 0 idle, 1 to push, 2 awaits acknowledgement or lease, 3 awaits a full lease, 4 sent */
bool acked[2];
bool cut[2];                /* cannot write to Redis */
byte striking; bool struckSeen;   /* a push of another session waits to remove instance `striking - 1` */
#ifdef BUG_STANDING_SENT
bool beatSent[2];
#endif
byte faults;

#define STANDING(i) (1 << (i))
#define PUSHED(i)   (4 << (i))
#define STRIKE      16
#define SENT(i)     (32 << (i))

inline begin(t) {
  leaseOld[0] = (lease[0] -> leaseOld[0] | (t) : 0); leaseOld[1] = (lease[1] -> leaseOld[1] | (t) : 0);
  beatOld[0] = (beat[0] -> beatOld[0] | (t) : 0); beatOld[1] = (beat[1] -> beatOld[1] | (t) : 0)
}
inline endLease(i) { lease[i] = false; leaseOld[i] = 0 }
inline dropBeat(i) { beat[i] = false; beatOld[i] = 0; pushFirst[i] = pushFirst[i] || pushAfter[i]; pushAfter[i] = false }
inline endOne(i, t) {
  if :: (leaseOld[i] & (t)) -> endLease(i) :: else fi;
  if :: (beatOld[i] & (t)) -> dropBeat(i) :: else fi
}
inline over(t) { endOne(0, t); endOne(1, t) }
inline unsubscribe(i) {
  subscribed[i] = false; endLease(i);
  beat[i] = false; beatOld[i] = 0; pushFirst[i] = false; pushAfter[i] = false
}
inline cancel(t) {
  leaseOld[0] = leaseOld[0] & (255 - (t)); leaseOld[1] = leaseOld[1] & (255 - (t));
  beatOld[0] = beatOld[0] & (255 - (t)); beatOld[1] = beatOld[1] & (255 - (t))
}
inline stopWork(i) { work[i] = 0; acked[i] = false; cancel(PUSHED(i)) }
inline hold() { claimed = true }

/* An instance that knows the session has ended does not grant it, so its lease need not be followed. */
#ifdef BUG_NOSET
#define MAY_ERR(i) true
inline learn(i) { ended[i] = true }
#else
#define MAY_ERR(i) (!ended[i])
inline learn(i) { ended[i] = true; endLease(i); dropBeat(i) }
#endif

#ifdef BUG_GAP
#define KNOWN(i) true
#else
#define KNOWN(i) (!gap[i])
#endif
#ifdef BUG_RUNID
#define SAME(i) true
#else
#define SAME(i) sameServer[i]
#endif
#ifdef BUG_YOUNG
#define OLD_ENOUGH(i) true
#else
#define OLD_ENOUGH(i) (standing[i] == 2)
#endif

proctype Instance(byte i) {
  byte o = 1 - i;
  do
  /* --- serving --- */
  :: d_step { !subscribed[i] -> unsubscribe(i); subscribed[i] = true;      /* and reads earlier revocations */
#ifndef BUG_NOTAIL
       if :: committed -> learn(i) :: else fi
#endif
     }
#ifdef BUG_STANDING_SENT
  :: d_step { !cut[i] && receipt[i] == 0 && !beatSent[i] -> beatSent[i] = true; begin(SENT(i)) }
#define MAY_BEAT beatSent[i]
#else
#define MAY_BEAT true
#endif
  :: d_step { !cut[i] && receipt[i] == 0 && MAY_BEAT ->       /* one step in Redis */
       receipt[i] = (registered[i] && SAME(i) && KNOWN(i) -> 1 : 2);
       registered[i] = true; gap[i] = true;
       if :: (striking == i + 1) -> struckSeen = true :: else fi;
       if :: (subscribed[i] && !beat[i] && MAY_ERR(i)) -> beat[i] = true; beatOld[i] = 0 :: else fi
     }
  :: d_step { receipt[i] != 0 ->
       if
       :: receipt[i] == 2 -> standing[i] = 1; begin(STANDING(i));
#ifdef BUG_STANDING_SENT
            leaseOld[0] = (leaseOld[0] & SENT(i) -> leaseOld[0] : leaseOld[0] & (255 - STANDING(i)));
            leaseOld[1] = (leaseOld[1] & SENT(i) -> leaseOld[1] : leaseOld[1] & (255 - STANDING(i)));
            beatOld[0] = (beatOld[0] & SENT(i) -> beatOld[0] : beatOld[0] & (255 - STANDING(i)));
            beatOld[1] = (beatOld[1] & SENT(i) -> beatOld[1] : beatOld[1] & (255 - STANDING(i)));
#endif
       :: else
       fi;
#ifdef BUG_STANDING_SENT
       beatSent[i] = false;
#endif
#ifdef BUG_LEASE_RECEIPT
       lease[i] = MAY_ERR(i); leaseOld[i] = 0;
#endif
       sameServer[i] = true; gap[i] = false; receipt[i] = 0
     }
  :: d_step { standing[i] == 1 -> standing[i] = 2; over(STANDING(i)) }
  :: d_step { pushFirst[i] -> pushFirst[i] = false; learn(i); if :: work[o] == 2 -> acked[o] = true :: else fi }
  :: d_step { beat[i] && !pushFirst[i] -> lease[i] = true; leaseOld[i] = beatOld[i]; dropBeat(i) }
  /* --- revoking, or pushing again what is not confirmed --- */
  :: d_step { work[i] == 0 && !claimed && (committed || i == 0) -> committed = true; learn(i); work[i] = 1;
#ifdef BUG_WAIT_SENT
       begin(PUSHED(i)); work[i] = 4
#endif
     }
  :: d_step { work[i] == 1 && cut[i] -> work[i] = 0;                       /* 202 */
#ifdef BUG_204
       hold()
#endif
     }
#ifdef BUG_READ_ONLY
  :: d_step { work[i] == 1 && cut[i] && registered[i] && sameServer[i] && standing[i] == 2 && KNOWN(i) -> work[i] = 0; hold() }
#endif
#ifdef BUG_WAIT_SENT
#define TO_PUSH (work[i] == 4)
#else
#define TO_PUSH (work[i] == 1)
#endif
  :: d_step { TO_PUSH && !cut[i] && receipt[i] == 0 ->                     /* one step in Redis */
       if :: (subscribed[o] && beat[o]) -> pushAfter[o] = true :: (subscribed[o] && !beat[o]) -> pushFirst[o] = true :: else fi;
       acked[i] = false;
       if
       :: !(registered[i] && SAME(i) && KNOWN(i) && OLD_ENOUGH(i)) -> work[i] = 3
       :: else -> if :: registered[o] -> work[i] = 2 :: else -> work[i] = 0; hold() fi
       fi;
#ifndef BUG_WAIT_SENT
       if :: work[i] != 0 -> begin(PUSHED(i)) :: else fi
#endif
     }
  :: d_step { work[i] == 2 && acked[i] -> stopWork(i); hold() }
  :: d_step { (work[i] == 2 || work[i] == 3) -> over(PUSHED(i)); stopWork(i); hold() }
  od
}

#ifdef STRIKES
/* A push of another session waits for an instance that does not answer, and removes it from the table. */
active proctype Striker() {
  do
  :: d_step { striking == 0 && registered[0] -> striking = 1; struckSeen = false; begin(STRIKE) }
  :: d_step { striking == 0 && registered[1] -> striking = 2; struckSeen = false; begin(STRIKE) }
  :: d_step { striking != 0 -> over(STRIKE);
#ifndef BUG_STRIKE
       if :: struckSeen -> skip :: else -> registered[striking - 1] = false fi;
#else
       registered[striking - 1] = false;
#endif
       striking = 0; struckSeen = false }
  od
}
#endif

inline forgetServer(i) {
  receipt[i] = 0;
  subscribed[i] = false;
#ifndef BUG_RUNID_RETURNS
  sameServer[i] = false
#endif
}
inline kill(i) {
  unsubscribe(i); ended[i] = false; registered[i] = false; receipt[i] = 0; gap[i] = false; sameServer[i] = false;
  standing[i] = 0; cancel(STANDING(i)); stopWork(i); cut[i] = false
}
#define FAULT faults < MAXF -> faults++
active proctype Faults() {
  byte i;
  do
  :: d_step { FAULT; registered[0] = false; registered[1] = false }                               /* flush */
  :: atomic { FAULT; forgetServer(0); forgetServer(1);                                            /* restart, or a lagging */
       if :: registered[0] = false :: skip fi; if :: registered[1] = false :: skip fi }           /* replica is promoted */
  :: atomic { FAULT; if :: i = 0 :: i = 1 fi;
       if
       :: subscribed[i] -> subscribed[i] = false                                                    /* silent subscription */
       :: kill(i)
       :: !cut[i] -> cut[i] = true
       :: receipt[i] != 0 -> receipt[i] = 0                                                       /* a receipt is lost */
       :: work[i] > 1 -> stopWork(i)                                                          /* the response to a push is lost */
       fi; i = 0 }
  :: d_step { cut[0] -> cut[0] = false }
  :: d_step { cut[1] -> cut[1] = false }
  od
}

active proctype Promise() { atomic { claimed && ((lease[0] && MAY_ERR(0)) || (lease[1] && MAY_ERR(1))) -> assert(false) } }

init { atomic { run Instance(0); run Instance(1) } }
