/* P8 without Redis: one instance, which may crash and start again, and two guards connected to it.
 *
 * The instance has no lease, so a pong is good for one full lease from its ping. A guard may therefore hold a lease from a
 * process that is gone, and no table of instances says so: an instance that is younger than a lease waits before it
 * answers 204. Time is not counted: the first lease after a start is a timer (one bit), as in p1-instant.pml. A ping is
 * answered at once, which makes leases last longer than in the code. -DBUG_... plants a bug, which must be found.
 * MAXF limits the number of faults. README.md maps the steps to the code. */
#ifndef MAXF
#define MAXF 6
#endif
bool committed, claimed;    /* in Postgres; answered with 204 or marked as enforced */
bool up, ended, working;    /* the instance runs; has the session in its ended set; waits to answer or to mark */
bool young;                 /* its first full lease has not passed */
bool connected[2], known[2], endTo[2];   /* guards: connection, ended set, an end in flight */
bool held[2], heldOld[2];   /* a lease; and whether the instance started after the ping */
bool owes[2];               /* this process has written a pong, and neither an ack nor the bound has passed since */
byte faults;
#ifdef BUG_PONG_RECEIPT
bool pong[2];               /* a pong is in flight */
#endif

inline endHeld(g) { held[g] = false; heldOld[g] = false }
inline learnGuard(g) { known[g] = true; endTo[g] = false; endHeld(g) }
inline learn() {
  ended = true; endTo[0] = connected[0] && !known[0]; endTo[1] = connected[1] && !known[1]
}
inline disconnect(g) { connected[g] = false; endTo[g] = false }
#ifdef BUG_YOUNG
#define OLD_ENOUGH true
#else
#define OLD_ENOUGH (!young)
#endif
#ifdef BUG_NO_WAIT
#define DONE true
#else
#define DONE (!owes[0] && !owes[1])
#endif

active proctype Instance() {
  do
  :: d_step { !up -> up = true; young = true; heldOld[0] = held[0]; heldOld[1] = held[1];
#ifndef BUG_NOTAIL
       if :: committed -> learn() :: else fi
#endif
     }
  :: d_step { young -> young = false;
       if :: heldOld[0] -> endHeld(0) :: else fi; if :: heldOld[1] -> endHeld(1) :: else fi }
  :: d_step { up && !committed -> committed = true; learn(); working = true }
  :: d_step { !committed -> committed = true }                                                        /* revoked in SQL */
  :: d_step { up && committed && !claimed && !working -> learn(); working = true;                    /* tail, overdue */
#ifdef BUG_REPEATED
       claimed = true
#endif
     }
  :: d_step { working && DONE && OLD_ENOUGH -> working = false; claimed = true }
  od
}
proctype Guard(byte g) {
  do
  :: d_step { up && !connected[g] -> connected[g] = true; if :: ended -> learnGuard(g) :: else fi }     /* snapshot */
  :: d_step { connected[g] && !known[g] && !endTo[g] -> owes[g] = true;                               /* ping and pong */
#ifdef BUG_PONG_RECEIPT
       pong[g] = true
#else
       held[g] = true; heldOld[g] = false
#endif
     }
#ifdef BUG_PONG_RECEIPT
  :: d_step { pong[g] -> pong[g] = false; held[g] = !known[g]; heldOld[g] = false }
#endif
  :: d_step { endTo[g] -> learnGuard(g) }
  :: d_step { known[g] && connected[g] && ended && owes[g] -> owes[g] = false }                                  /* ack */
  :: d_step { owes[g] && ended -> owes[g] = false; endHeld(g) }                           /* the bound of the lease passed */
  od
}
#define FAULT faults < MAXF -> faults++
active proctype Faults() {
  byte g;
  do
  :: d_step { up && FAULT; up = false; ended = false; working = false; young = false; heldOld[0] = false; heldOld[1] = false;
       owes[0] = false; owes[1] = false; disconnect(0); disconnect(1) }                                       /* crash */
  :: atomic { FAULT; if :: g = 0 :: g = 1 fi;
       if
       :: d_step { connected[g] ->                                 /* connection lost, or a slow guard disconnected */
#ifdef BUG_DISCONNECT
            owes[g] = false;
#endif
            disconnect(g) }
#ifdef BUG_DROP
       :: endTo[g] -> endTo[g] = false
#endif
       :: d_step { true -> known[g] = false; endHeld(g); disconnect(g) }                                /* guard crashes */
       fi; g = 0 }
  od
}
active proctype Promise() { atomic { claimed && ((held[0] && !known[0]) || (held[1] && !known[1])) -> assert(false) } }
init { atomic { run Guard(0); run Guard(1) } }
