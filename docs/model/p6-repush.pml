/* P6, and P1 for cut-offs: a committed change is enforced even if its revoker died, and a cut-off never moves back.
 *
 * A user's roles change up to VERSIONS times; revoking a session is the case VERSIONS = 1. p1-instant.pml models how a
 * push works. Here a push is finished when the other instance has received it or does not trust its caches, as shown by
 * P1. Only the faults repeat, and their number is limited, so every run comes to rest, and then all changes must be
 * enforced. README.md maps the steps to the code. */
#ifndef VERSIONS
#define VERSIONS 2
#endif
#ifndef MAXF
#define MAXF 4
#endif
byte version, answered;     /* in Postgres; the highest that was answered with 204 */
bool enforced;              /* the row is marked as enforced, for the current version */
bool live[2], trusts[2], cut[2];
byte known[2];              /* the cut-off in the instance's ended set */
byte pushing[2];            /* the version being pushed; 0: none */
bool own[2];                /* a client waits for the response */
bool heard[2];              /* by the other instance */
byte toConfirm[2];
byte waiting[2];            /* its push failed: 202, unless the other instance confirms in time */
byte faults;

#define GREATER(a, b) (a > b -> a : b)

inline startPush(i, v, isOwn) {
  known[i] = GREATER(known[i], v); pushing[i] = v; own[i] = isOwn; heard[i] = false
}
inline stopPush(i) { pushing[i] = 0; own[i] = false; heard[i] = false }
inline answer(v) { answered = GREATER(answered, v) }

proctype Instance(byte i) {
  byte o = 1 - i;
  do
  :: d_step { live[i] && version < VERSIONS && pushing[i] == 0 ->
       version++; enforced = false; startPush(i, version, true);
#ifdef BUG_NOT_PUSHED
       answer(version); stopPush(i)
#endif
     }
  :: d_step { live[i] && !trusts[i] -> trusts[i] = true; known[i] = GREATER(known[i], version) }   /* tail before trust */
  :: d_step { pushing[i] != 0 && !heard[i] && live[o] -> heard[i] = true;
#ifdef BUG_BACK
       known[o] = pushing[i]
#else
       known[o] = GREATER(known[o], pushing[i])
#endif
     }
  :: d_step { pushing[i] != 0 && !cut[i] && (heard[i] || !live[o] || !trusts[o]) ->
       if :: own[i] -> answer(pushing[i]) :: else fi;
       toConfirm[i] = pushing[i]; stopPush(i) }
  :: d_step { pushing[i] != 0 && cut[i] ->
       if :: own[i] -> waiting[i] = pushing[i];
#ifdef BUG_204
            answer(waiting[i])
#endif
       :: else fi; stopPush(i) }
  :: d_step { waiting[i] != 0 && enforced -> answer(waiting[i]); waiting[i] = 0 }
  :: d_step { waiting[i] != 0 -> waiting[i] = 0 }                                                    /* 202 */
  :: d_step { toConfirm[i] != 0 ->
#ifdef BUG_CONFIRM
       enforced = true;
#else
       if :: toConfirm[i] == version -> enforced = true :: else fi;
#endif
       toConfirm[i] = 0 }
#ifndef BUG_NO_REPUSH
  :: d_step { live[i] && !cut[i] && version > 0 && !enforced && pushing[i] == 0 && toConfirm[i] == 0 ->
       startPush(i, version, false) }
#endif
  :: d_step { cut[i] -> cut[i] = false }
  od
}
#define FAULT faults < MAXF -> faults++
active proctype Faults() {
  byte i;
  do
  :: atomic { FAULT; if :: i = 0 :: i = 1 fi;
       if
       :: live[i] -> live[i] = false; trusts[i] = false; known[i] = 0; stopPush(i);
            toConfirm[i] = 0; waiting[i] = 0; cut[i] = false
       :: !live[i] -> live[i] = true
       :: trusts[i] -> trusts[i] = false
       :: live[i] && !cut[i] -> cut[i] = true
       :: toConfirm[i] != 0 -> toConfirm[i] = 0                                     /* marking the row failed */
       fi; i = 0 }
  od
}
#define GRANTS(i, v) (trusts[i] && known[i] < v)
active proctype Promise() {
  do
  :: atomic { GRANTS(0, answered) || GRANTS(1, answered) -> assert(false) }                      /* P1 */
  :: atomic { enforced && (GRANTS(0, version) || GRANTS(1, version)) -> assert(false) }          /* P6: the mark is true */
  :: atomic { timeout -> assert(enforced || !(live[0] || live[1])); break }                      /* P6: at rest */
  od
}
init { atomic { live[0] = true; live[1] = true; run Instance(0); run Instance(1) } }
