/* User cut-offs: P1, P2, P5 and P6. Ending all sessions of a user changes one row, however many sessions there are.
 *
 * The user's row has a number, `version`. A session keeps the version at which it was opened, and is over once the version
 * is higher. A cut-off raises the version in the transaction that sets the new password; one session may be kept, and then
 * gets the new version. The rows of the others are closed afterwards, in batches. There are two instances, one session from
 * before, and one that a login opens. As in p6-repush.pml, a push is finished when the other instance has received it or
 * does not trust its caches, as shown by P1. -DBUG_... plants a bug, which must be found. README.md maps the steps to
 * the code. */
#ifndef VERSIONS
#define VERSIONS 2
#endif
#ifndef MAXF
#define MAXF 2
#endif
#ifndef MAXL
#define MAXL 1              /* attempts to log in */
#endif
#define OLD 0               /* the session from before */
#define NEW 1               /* the session of the login */
/* Postgres */
byte version;               /* as many cut-offs, each with a new password */
byte answered;              /* the highest that was answered with 204 */
bool enforced;              /* the current version is marked as enforced */
byte closed;                /* the rows of lower versions are marked as closed */
bool row[2];                /* the session's row is active */
byte opened[2];             /* the version of the row */
byte proved[2];             /* the password that was proved last */
bool dated;                 /* the last cut-off is younger than the lifetime of an access token */
bool token[2];              /* an access token of the session has not expired */
byte login, verified;       /* 0 none, 1 the password was verified, 2 the row is inserted and not committed, 3 open */
byte logins, windows;
/* Instances */
bool live[2], trusts[2], cut[2];
byte known[2];              /* the cut-off in the instance's ended set */
byte pushing[2];            /* the version being pushed; 0: none */
bool own[2];                /* a client waits for the response */
bool heard[2];              /* by the other instance */
byte closing;               /* the version whose older sessions an instance is closing; 0: none */
byte faults;

#define GREATER(a, b) (a > b -> a : b)
#ifdef BUG_TAIL
#define TAIL(i) known[i]
#else
#define TAIL(i) ((dated || !enforced) -> GREATER(known[i], version) : known[i])
#endif
#ifdef BUG_REFRESH
#define REFRESHES(s) row[s]
#else
#define REFRESHES(s) (row[s] && opened[s] >= version)
#endif
#ifdef BUG_LOAD
#define LOADS(s) row[s]
#else
#define LOADS(s) (row[s] && opened[s] >= version)
#endif
#ifdef BUG_CLOSE_ALL
#define TO_CLOSE(s) row[s]
#else
#define TO_CLOSE(s) (row[s] && opened[s] < closing)
#endif
#if defined(BUG_LOGIN_UNLOCKED) || defined(BUG_LOGIN_LATE)
#define UNLOCKED true
#else
#define UNLOCKED (login != 2)
#endif

inline startPush(i, v, isOwn) { known[i] = GREATER(known[i], v); pushing[i] = v; own[i] = isOwn; heard[i] = false }
inline stopPush(i) { pushing[i] = 0; own[i] = false; heard[i] = false }
inline answer(v) { answered = GREATER(answered, v) }
inline raise(i) {
  version++; enforced = false; dated = true; startPush(i, version, true);
#ifdef BUG_PUSH
  answer(version); stopPush(i);
#endif
#ifdef BUG_CLOSE_ONCE
  closing = version
#endif
}
#ifdef BUG_KEEP
inline keep(s) { proved[s] = version }
#else
inline keep(s) { proved[s] = version; opened[s] = version }
#endif

proctype Instance(byte i) {
  byte o = 1 - i;
  do
  :: d_step { live[i] && version < VERSIONS && pushing[i] == 0 && UNLOCKED -> raise(i) }
  :: d_step { live[i] && version < VERSIONS && pushing[i] == 0 && UNLOCKED && row[OLD] && opened[OLD] == version ->
       raise(i); keep(OLD) }
  :: d_step { live[i] && !trusts[i] -> trusts[i] = true; known[i] = TAIL(i) }                      /* tail before trust */
  :: d_step { pushing[i] != 0 && !heard[i] && live[o] -> heard[i] = true; known[o] = GREATER(known[o], pushing[i]) }
  :: d_step { pushing[i] != 0 && !cut[i] && (heard[i] || !live[o] || !trusts[o]) ->
       if :: own[i] -> answer(pushing[i]) :: else fi;
       if :: pushing[i] == version -> enforced = true :: else fi;
       stopPush(i) }
  :: d_step { pushing[i] != 0 && cut[i] -> stopPush(i) }                                                          /* 202 */
  :: d_step { live[i] && !cut[i] && version > 0 && !enforced && pushing[i] == 0 -> startPush(i, version, false) }
  :: d_step { cut[i] -> cut[i] = false }
  od
}

/* Closes rows in batches, in an instance that may die. */
active proctype Closer() {
  do
#ifndef BUG_CLOSE_ONCE
  :: d_step { (live[0] || live[1]) && closed < version && closing == 0 -> closing = version }
#endif
  :: d_step { closing != 0 && TO_CLOSE(OLD) -> row[OLD] = false }
  :: d_step { closing != 0 && TO_CLOSE(NEW) -> row[NEW] = false }
  :: d_step { closing != 0 && !TO_CLOSE(OLD) && !TO_CLOSE(NEW) ->
#ifdef BUG_CLOSED
       closed = version;
#else
       closed = GREATER(closed, closing);
#endif
       closing = 0 }
  od
}

/* The password that is verified is the one at that time. The insert locks the user's row until the commit. */
active proctype Login() {
  do
  :: d_step { login == 0 && logins < MAXL -> login = 1; logins++; verified = version }
  :: d_step { login == 1 ->
       if
#if !defined(BUG_LOGIN_EARLY) && !defined(BUG_LOGIN_UNVERIFIED)
       :: verified != version -> login = 0                                                                        /* 401 */
#endif
       :: else -> login = 2;
#ifdef BUG_LOGIN_EARLY
            opened[NEW] = verified; proved[NEW] = verified
#else
            opened[NEW] = version; proved[NEW] = verified
#endif
       fi }
  :: d_step { login == 2 -> login = 3; row[NEW] = true; token[NEW] = true }
  :: d_step { REFRESHES(OLD) && !token[OLD] -> token[OLD] = true }
  :: d_step { REFRESHES(NEW) && !token[NEW] -> token[NEW] = true }
  od
}
/* Every access token from before expires. The ended sets may then forget, and the tail no longer reads the cut-off. */
active proctype Window() {
  do
  :: d_step { windows < 1 && version > 0 -> windows++; dated = false; token[OLD] = false; token[NEW] = false;
       known[0] = 0; known[1] = 0 }
  od
}
#define FAULT faults < MAXF -> faults++
active proctype Faults() {
  byte i;
  do
  :: atomic { FAULT; if :: i = 0 :: i = 1 fi;
       if
       :: d_step { live[i] -> live[i] = false; trusts[i] = false; known[i] = 0; stopPush(i); cut[i] = false; closing = 0 }
       :: !live[i] -> live[i] = true
       :: trusts[i] -> trusts[i] = false
       :: live[i] && !cut[i] -> cut[i] = true
       :: pushing[i] != 0 && !own[i] -> d_step { stopPush(i) }                              /* marking the row failed */
       fi; i = 0 }
  od
}
/* Whatever its caches contain, an instance that trusts them checks the cut-off; otherwise it loads the row and the user. */
#define GRANTS(i, s) (live[i] && token[s] && ((trusts[i] && known[i] <= opened[s]) || LOADS(s)))
#define EXISTS(s) ((s) == OLD || login == 3)
#define OVER(s, v) (EXISTS(s) && proved[s] < (v))
#define GRANTED(s, v) (OVER(s, v) && (GRANTS(0, s) || GRANTS(1, s)))
#define LOST(s) (EXISTS(s) && proved[s] == version && !(row[s] && opened[s] == version))
#define OPEN_ROW(s) (row[s] && opened[s] < version)
active proctype Promise() {
  do
  :: atomic { GRANTED(OLD, answered) || GRANTED(NEW, answered) -> assert(false) }                                    /* P1 */
  :: atomic { enforced && (GRANTED(OLD, version) || GRANTED(NEW, version)) -> assert(false) }                    /* P1, P2 */
  :: atomic { version > 0 && (LOST(OLD) || LOST(NEW)) -> assert(false) }                      /* P5: only the others are over */
  :: atomic { timeout ->                                                                                    /* P6: at rest */
       assert(!(live[0] || live[1]) || (enforced && !OPEN_ROW(OLD) && !OPEN_ROW(NEW))); break }
  od
}
init { atomic { live[0] = true; live[1] = true; row[OLD] = true; token[OLD] = true; enforced = true;
  run Instance(0); run Instance(1) } }
