/** A change that breaks a rule of the protocol. The unit tests have to fail with it. */
export interface Mutant {
  readonly name: string;
  /** In `src`. */
  readonly file: string;
  /** Occurs once in the file. */
  readonly search: string;
  readonly replacement: string;
}

const mutant = (file: string, name: string, search: string, replacement: string): Mutant => ({
  name,
  file,
  search,
  replacement,
});

export const MUTANTS: readonly Mutant[] = [
  // The ended set overrules caches.
  mutant(
    'session-cache.ts',
    'a lookup does not ask the ended set first',
    'if (ended !== undefined) return { ended, session: null };',
    '',
  ),
  mutant(
    'session-cache.ts',
    'a lookup does not ask the ended set again after it has waited',
    'return ended === undefined ? { ended: null, session } : { ended, session: null };',
    'return { ended: null, session };',
  ),
  mutant(
    'session-cache.ts',
    'a session that the store has as ended is not added to the ended set',
    "if (snapshot.status !== 'active') this.addEnded(snapshot);",
    '',
  ),
  mutant(
    'session-cache.ts',
    'an ended session stays in memory',
    `    this.memory.delete(sessionId);
    this.parts.endedSet.add(`,
    '    this.parts.endedSet.add(',
  ),
  mutant(
    'ended-set.ts',
    'a later reason replaces the first one',
    'this.young.sessions.set(sessionId, known ?? reason);',
    'this.young.sessions.set(sessionId, reason);',
  ),
  mutant(
    'ended-set.ts',
    'a cut-off of roles moves back',
    'Math.max(rolesVersion, known.rolesVersion)',
    'rolesVersion',
  ),
  mutant(
    'ended-set.ts',
    'a cut-off of sessions moves back',
    'Math.max(sessionEpoch, known.sessionEpoch)',
    'sessionEpoch',
  ),
  mutant(
    'session-cache.ts',
    'a cached session that is older than a cut-off is granted',
    'if (this.isCutOff(known.snapshot)) {',
    'if (false as boolean) {',
  ),
  mutant(
    'session-cache.ts',
    'a session that was read before a cut-off is granted',
    ' || this.isCutOff(lookup.session.snapshot);',
    ';',
  ),
  mutant(
    'session-cache.ts',
    'a session that was read before unlisted ends is granted',
    'unlistedCount !== this.parts.endedSet.unlistedCount || ',
    '',
  ),
  mutant(
    'session-cache.ts',
    'a fresh read that was overtaken by unlisted ends is believed',
    'if (unlistedCount === this.parts.endedSet.unlistedCount) return this',
    'return this',
  ),
  mutant(
    'session-cache.ts',
    'a session that was read before unlisted ends is kept',
    'isCurrent && snapshot.status',
    'snapshot.status',
  ),
  mutant(
    'session-cache.ts',
    'the shared cache is asked although not all ends are listed',
    'sharedCache && !endedSet.hasUnlisted ?',
    'sharedCache ?',
  ),
  mutant(
    'session-cache.ts',
    'a read of the shared cache that was overtaken by unlisted ends is believed',
    `    if (this.parts.endedSet.hasUnlisted) return new Map();
`,
    '',
  ),
  mutant(
    'session-cache.ts',
    'unlisted ends stay in memory',
    'for (const sessionId of sessionIds) this.memory.delete(sessionId);',
    'void sessionIds;',
  ),
  mutant(
    'session-cache.ts',
    'memory is kept although any session may have ended',
    `    this.memory.clear();
`,
    '',
  ),
  mutant(
    'session-cache.ts',
    'a session is granted whose cut-off the store has lost',
    'return isLost ? { ended: LOST_CUT_OFF, session: null } : again;',
    'return again;',
  ),
  mutant(
    'session-cache.ts',
    'an open connection of a session that is older than a cut-off stays open',
    'return known && this.isCutOff(known.snapshot) ? undefined : known;',
    'return known;',
  ),
  mutant('ended-set.ts', 'an entry is forgotten within a lifetime', 'this.old = this.young;', ''),
  mutant('ended-set.ts', 'the old generation is not asked', ' ?? this.old.sessions.get(sessionId)', ''),
  mutant('ended-set.ts', 'the old cut-offs are not asked', ' ?? this.old.cutOffs.get(userId)', ''),
  mutant(
    'ended-set.ts',
    'an ended set over its limit does not end the trust',
    'this.size > this.limit',
    'false',
  ),
  mutant(
    'revocation.ts',
    'the revoking instance does not add its own revocation to the ended set',
    `    this.learn(revocations);
    return this.parts.enforcer`,
    '    return this.parts.enforcer',
  ),
  mutant(
    'revocation.ts',
    'a push is acknowledged without being added to the ended set',
    `    this.learn(revocations);
    if (from !== bus.instanceId)`,
    '    if (from !== bus.instanceId)',
  ),
  mutant(
    'create-revocation.ts',
    'the ended window has no clock allowance',
    'CLOCK_SKEW_MS = 600_000',
    'CLOCK_SKEW_MS = 0',
  ),
  mutant(
    'revocation.ts',
    'the ended set forgets after half the window',
    'endedSet.forgetOldest(), windowMs)',
    'endedSet.forgetOldest(), windowMs / 4)',
  ),

  // Trust in caches.
  mutant('trust.ts', 'caches are trusted without a lease', 'this.isLeaseLive &&', ''),
  mutant(
    'trust.ts',
    'caches are trusted however old the tail is',
    ` &&
      this.tailAgeMs <= this.maxStalenessMs`,
    '',
  ),
  mutant(
    'trust.ts',
    'caches are trusted while only some pages have been read',
    'this.tailReadAt > this.behindAt &&',
    '',
  ),
  mutant('trust.ts', 'caches are trusted after the stop', '!this.isStopped &&', ''),
  mutant(
    'trust.ts',
    'an earlier read that is answered late shortens the trust',
    'Math.max(this.tailReadAt, sentAt)',
    'sentAt',
  ),
  mutant(
    'session-cache.ts',
    'memory answers without trust',
    'if (!trust.mayUseCaches()) {',
    'if (false as boolean) {',
  ),
  mutant(
    'session-cache.ts',
    'a waiting read is answered from memory without trust',
    'parts.trust.mayUseCaches() ? (this.memory.get(id) ?? null) : null',
    'this.memory.get(id) ?? null',
  ),

  // The lease.
  mutant('lease.ts', 'a lease has no margin', ' - this.marginMs', ''),
  mutant(
    'lease.ts',
    'a pause of the machine does not end the lease',
    '< CLOCK_JUMP_MS',
    '< Number.POSITIVE_INFINITY',
  ),
  mutant('lease.ts', 'an older heartbeat shortens the lease', 'if (endsAt < this.endsAt) return;', ''),
  mutant(
    'membership.ts',
    'a lease is counted from when the heartbeat is heard',
    'this.lease.extend(sentAt);',
    'this.lease.extend(instantOf(this.clock));',
  ),
  mutant(
    'membership.ts',
    'an answered heartbeat extends the lease without being heard',
    'this.received(sequence, await this.bus.heartbeat(sequence));',
    'this.received(sequence, await this.bus.heartbeat(sequence)); this.heard(sequence);',
  ),
  mutant('membership.ts', 'a lost subscription keeps its lease', 'this.lease.end();', ''),
  mutant('membership.ts', 'heartbeats of an earlier subscription count', 'this.sentAt.clear();', ''),
  mutant('membership.ts', 'a deaf instance does not subscribe again', 'this.bus.resubscribe();', ''),

  // The tail.
  mutant(
    'tail.ts',
    'only the first page of a read is taken',
    'from = first.next && isTaken ? await this.takeOtherPages(first.next) : first.end;',
    'from = first.end;',
  ),
  mutant('tail.ts', 'caches are trusted after a read that took long', 'if (first.next) continue;', ''),
  mutant(
    'tail.ts',
    'caches are trusted although a page has another',
    'if (first.next) this.trust.tailIsBehind(sentAt);',
    '',
  ),
  mutant(
    'tail.ts',
    'an incomplete read counts as complete for the next one',
    `      const isTaken = this.take(first);
`,
    `      const isTaken = this.take(first);
      this.position = first.end;
`,
  ),
  mutant(
    'tail.ts',
    'the age of the tail is counted from its answer',
    'this.trust.tailRead(sentAt);',
    'this.trust.tailRead(this.clock.monotonic());',
  ),
  mutant(
    'tail.ts',
    'the trust is renewed before the revocations are in the ended set',
    'const isTaken = this.take(first);',
    `if (!first.next) this.trust.tailRead(sentAt);
      const isTaken = this.take(first);`,
  ),
  mutant(
    'tail.ts',
    'each read covers the whole window',
    'await this.read(this.position);',
    'await this.read(null);',
  ),
  mutant(
    'tail.ts',
    'the store clock is not set',
    `    this.storeClock.set(page.now, sentAt);
`,
    '',
  ),
  mutant(
    'revocation.ts',
    'a new subscription is trusted before the tail is read',
    'await this.tail.readAll();\n        if (subscription',
    'if (subscription',
  ),
  mutant(
    'revocation.ts',
    'a subscription that has been lost since is joined',
    'if (subscription === this.subscription) this.membership?.join();',
    'this.membership?.join();',
  ),
  mutant(
    'revocation.ts',
    'what the tail reads is not added to the ended set',
    'const isListed = this.learn(page);',
    'const isListed = true as boolean;',
  ),
  mutant(
    'revocation.ts',
    'pages that are not read leave memory as it is',
    'if (!isListed && page.next) sessions.forgetAll();',
    '',
  ),
  mutant(
    'revocation.ts',
    'unlisted ends do not count',
    `    endedSet.addUnlisted();
`,
    '',
  ),
  mutant(
    'revocation.ts',
    'an unlisted cut-off leaves memory as it is',
    `if (hasCutOffs) sessions.forgetAll();
    else `,
    `void hasCutOffs;
    `,
  ),
  mutant(
    'revocation.ts',
    'overdue revocations are not pushed again',
    'if (overdue.sessions.length + overdue.cutOffs.length > 0) void enforcer.repeat(overdue);',
    '',
  ),
  mutant(
    'revocation.ts',
    'lost revocations are not written again',
    'if (!isListed || !page.next) void lostRevocations.restore(page.server);',
    '',
  ),
  mutant(
    'revocation.ts',
    'changes that may have been missed are ignored',
    'this.parts.sessions.markAllStale();',
    '',
  ),

  // Pushes and their confirmation.
  mutant(
    'push.ts',
    'a push does not wait out the lease when its registration is young',
    'if (!this.membership.isTableReliable(receipt, sentAt)) {',
    'if (false as boolean) {',
  ),
  mutant(
    'push.ts',
    'a push does not wait for acknowledgements',
    'await this.everyAcknowledgement(pushId, missing);',
    '',
  ),
  mutant('push.ts', 'early acknowledgements are lost', 'this.early.get(pushId)?.add(from);', ''),
  mutant('push.ts', 'a silent instance is not removed', 'this.removeSilent(missing, receipt);', ''),
  mutant(
    'push.ts',
    'the stronger of two confirmations is reported',
    "confirmations.find(({ how }) => how === 'lease_passed')",
    "confirmations.find(({ how }) => how === 'acknowledged')",
  ),
  mutant(
    'push.ts',
    'a lease that had to pass is reported as acknowledged',
    "missing.size === 0 ? 'acknowledged' : 'lease_passed'",
    "'acknowledged'",
  ),
  mutant('membership.ts', 'a rewound table is relied on', 'own === this.lastReceived &&', ''),
  mutant(
    'membership.ts',
    'a table that lacks a receiver is relied on',
    'receipt.receivers <= receipt.registered.size &&',
    '',
  ),
  mutant(
    'membership.ts',
    'the table of another server is relied on',
    'receipt.server === this.server &&',
    '',
  ),
  mutant(
    'membership.ts',
    'a young registration is relied on',
    'sentAt - this.unbrokenSince >= this.lease.lengthMs',
    'sentAt >= this.unbrokenSince',
  ),
  mutant(
    'membership.ts',
    'a break of the registration is not noticed',
    'if (!isUnbroken) this.unbrokenSince',
    'if (this.unbrokenSince === Number.POSITIVE_INFINITY) this.unbrokenSince',
  ),
  mutant('enforcer.ts', 'a confirmation is not recorded', 'void this.record(revocations, confirmation);', ''),
  mutant(
    'enforcer.ts',
    'a repeated confirmation is not recorded',
    'if (confirmation) await this.record(revocations, confirmation);',
    '',
  ),
  mutant('enforcer.ts', 'a repeated push overlaps the one before it', 'if (this.isRepeating) return;', ''),
  mutant(
    'enforcer.ts',
    'a repeated push does not wait until it is recorded',
    'if (confirmation) await this.record(',
    'if (confirmation) void this.record(',
  ),
  mutant(
    'enforcer.ts',
    'a push that failed counts as enforced',
    'if (!isConfirmed) this.observer.unconfirmed();\n    return isConfirmed;',
    'return true;',
  ),
  mutant('confirmation.ts', 'the confirmation of another instance is not accepted', 'return true;', ''),
  mutant(
    'lost-revocations.ts',
    'a failed restore is not tried again',
    'if (await this.reapplyAll()) this.completeServer = server;',
    'await this.reapplyAll();\n    this.completeServer = server;',
  ),
  mutant(
    'lost-revocations.ts',
    'an entry that the store refuses keeps others from being restored',
    'waiting.push(...halvesOf(chunk).reverse());',
    '',
  ),
  mutant(
    'lost-revocations.ts',
    'a store that refuses everything is written to without end',
    'if (failures === FAILURES_TO_STOP) return false;',
    '',
  ),

  // What comes out of Redis.
  mutant(
    'revocation.ts',
    'the entries of a push that is only partly understood are ignored',
    'revoked: (revocations) => this.learn(revocations),',
    'revoked: () => {},',
  ),
  mutant(
    'redis/hmac-authenticator.ts',
    'a text is believed without its proof',
    'return isGenuine ? text : null;',
    'return isGenuine || text ? text : null;',
  ),
  mutant(
    'redis/hmac-authenticator.ts',
    'a text is not bound to its place',
    '[place.length, place, text]',
    '[text]',
  ),
  mutant(
    'redis/hmac-authenticator.ts',
    'a part of the text counts as a part of the place',
    '[place.length, place, text]',
    '[place, text]',
  ),
  mutant(
    'redis/hmac-authenticator.ts',
    'all purposes have one key',
    "'sha256', secret, '', purpose, KEY_BYTES",
    "'sha256', secret, '', '', KEY_BYTES",
  ),
  mutant(
    'redis/hmac-authenticator.ts',
    'a previous secret does not open',
    'this.#keys.some((key)',
    'this.#keys.slice(0, 1).some((key)',
  ),
  mutant(
    'redis/push-message.ts',
    'a push with a malformed entry counts as complete',
    'return { from: message.from, pushId: message.pushId, revocations, isComplete };',
    'return { from: message.from, pushId: message.pushId, revocations, isComplete: isComplete || true };',
  ),
  mutant('redis/push-message.ts', 'a version may overflow the store', 'Number(value) <= COUNT_MAX', 'true'),
  mutant('redis/push-message.ts', 'any text is an id', 'isText(id) && isId(id)', 'isText(id)'),
  mutant(
    'redis/push-message.ts',
    'a text may have any length',
    " && value !== '' && value.length <= TEXT_MAX",
    " && value !== ''",
  ),

  // Reads.
  mutant(
    'batched-read.ts',
    'a request joins a read in flight',
    'this.waiting.delete(id);\n      const known',
    'const known',
  ),
  mutant(
    'session-cache.ts',
    'a read of the store is kept although the session changed during it',
    "snapshot.status === 'active' && !changed.has(sessionId)",
    "snapshot.status === 'active'",
  ),
  mutant(
    'session-cache.ts',
    'a read of the shared cache is kept although the session changed during it',
    ' || changed.has(sessionId)) continue;',
    ') continue;',
  ),
  mutant('session-cache.ts', 'a session from the future is kept', 'read.createdAt > now || ', ''),
  mutant('session-cache.ts', 'a use from the future is kept', 'read.lastSeenAt > now || ', ''),
  mutant(
    'session-cache.ts',
    'a snapshot that says it was read in the future is never read again',
    'read.readAt > now ? { ...read, readAt: now } : read',
    'read',
  ),
  mutant(
    'session-cache.ts',
    'the shared cache replaces a newer snapshot',
    'if (known && known.snapshot.readAt >= read.readAt) return known;',
    '',
  ),
  mutant(
    'session-cache.ts',
    'an old session is not read again',
    'if (this.isStale(known.snapshot)) this.refresh(sessionId);',
    '',
  ),
  mutant(
    'session-cache.ts',
    'a change is not announced',
    'await this.parts.bus?.announceChange(sessionIds);',
    '',
  ),
  mutant(
    'session-cache.ts',
    'a change stays in the shared cache',
    'await this.parts.sharedCache?.remove(sessionIds);',
    '',
  ),
  // Guards.
  mutant(
    'guard-connection/parent-connection.ts',
    'ends are not counted on a lost connection',
    `    this.seq += 1;
    if (!this.isOpen) return;`,
    `    if (!this.isOpen) return;
    this.seq += 1;`,
  ),
  mutant(
    'guard-connection/parent-connection.ts',
    'a lost connection shortens the wait',
    `    this.isOpen = false;
    this.snapshot.stop();`,
    `    this.isOpen = false;
    this.boundAt = Number.NEGATIVE_INFINITY;
    this.snapshot.stop();`,
  ),
  mutant(
    'guard-connection/parent-connection.ts',
    'the bound of a lease is not kept',
    'this.boundAt = Math.max(this.boundAt, this.terms.clock.monotonic() + forMs);',
    '',
  ),
  mutant(
    'guard-connection/parent-connection.ts',
    'a guard that reads too slowly stays connected',
    `if (this.socket.unsentBytes > MAX_UNSENT_BYTES) this.close(CLOSE.slow, 'reads too slowly');`,
    '',
  ),
  mutant(
    'guard-connection/parent-connection.ts',
    'a ping is answered before the snapshot',
    `if (!this.snapshot.isWritten) throw new ProtocolError('ping before the end of the snapshot');`,
    '',
  ),
  mutant(
    'guard-connection/parent-connection.ts',
    'every acknowledgement is believed',
    `    if (seq > this.seq || seq < this.acknowledgedSeq || !this.snapshot.isWritten)
      throw new ProtocolError('ack out of order');`,
    '',
  ),
  mutant(
    'guard-connection/parent-connection.ts',
    'a guard that has said goodbye is waited for',
    `    this.boundAt = Number.NEGATIVE_INFINITY;
    this.close(CLOSE.normal, 'bye');`,
    `    this.close(CLOSE.normal, 'bye');`,
  ),
  mutant(
    'guard-connection/acknowledgements.ts',
    'an acknowledgement of something earlier is enough',
    '!connection.hasAcknowledged(first.seq)',
    '!connection.hasAcknowledged(0)',
  ),
  mutant(
    'guard-connection/acknowledgements.ts',
    'only connected guards are waited for',
    'if (awaited.until <= now ||',
    'if (!connection.isConnected || awaited.until <= now ||',
  ),
  mutant(
    'guard-connection/acknowledgements.ts',
    'the lease of a guard is not waited for',
    `        missing += 1;
`,
    '',
  ),
  mutant(
    'guard-connection/guard-parent.ts',
    'a pong is written before ends that were learned earlier',
    `  private grantLease(): number {
    this.write();`,
    '  private grantLease(): number {',
  ),
  mutant(
    'guard-connection/guard-parent.ts',
    'a guard gets a lease from an instance that may not trust its caches',
    'Math.min(leaseMs, trust.remainingMs)',
    'leaseMs',
  ),
  mutant(
    'guard-connection/guard-parent.ts',
    'an instance that leaves extends leases',
    'this.leaving || endedSet.hasUnlisted',
    'endedSet.hasUnlisted',
  ),
  mutant(
    'guard-connection/guard-parent.ts',
    'a guard gets a lease although not all ends are listed',
    'this.leaving || endedSet.hasUnlisted',
    'this.leaving',
  ),
  mutant(
    'guard-connection/guard-parent.ts',
    'unlisted ends are in force while a guard holds a lease',
    `    if (this.parts.endedSet.hasUnlisted) await this.acknowledgements.ofLeases(this.connections);
`,
    '',
  ),
  mutant(
    'guard-connection/guard-parent.ts',
    'an instance leaves before its guards',
    `    await this.acknowledgements.ofLeases(this.connections);
`,
    '',
  ),
  mutant(
    'guard-connection/guard-parent.ts',
    'a young instance without others waits for nobody',
    'if (!hasOthers) this.youngUntil = clock.monotonic() + leaseMs;',
    '',
  ),
  mutant(
    'guard-connection/guard-parent.ts',
    'guards are not told what their parent learns',
    '    parts.endedSet.onNews((news) => this.learned(news));',
    '',
  ),
  mutant(
    'guard-connection/snapshot-writer.ts',
    'a new guard receives no earlier ends',
    'for (const { sessions, cutOffs } of this.endedSet.entries()) {',
    'for (const { sessions, cutOffs } of [] as Ends[]) {',
  ),
  mutant(
    'guard-connection/link-connection.ts',
    'the lease is counted from the pong',
    'this.currentLease?.extend(sentAt, remainingMs);',
    'this.currentLease?.extend(instantOf(this.clock), remainingMs);',
  ),
  mutant(
    'guard-connection/link-connection.ts',
    'a gap in the ends is accepted',
    `if (seq !== this.seq + 1) throw new ProtocolError(\`ends \${seq} after \${this.seq}\`);`,
    '',
  ),
  mutant(
    'guard-connection/link-connection.ts',
    'an end is acknowledged before it is in force',
    `    this.seq = seq;
    this.events.learned(ends);
    if (this.hasSnapshot) this.send(writeAck(seq));`,
    `    this.seq = seq;
    if (this.hasSnapshot) this.send(writeAck(seq));
    this.events.learned(ends);`,
  ),
  mutant(
    'guard-connection/link-connection.ts',
    'a late pong extends a lease that was given back',
    `    if (this.isClosed) return;
    this.heardAt`,
    '    this.heardAt',
  ),
  mutant(
    'guard-connection/link-connection.ts',
    'a connection that may lack an end keeps its lease',
    `      this.currentLease?.end();
      this.close(CLOSE.protocol, error.message);`,
    '      this.close(CLOSE.protocol, error.message);',
  ),
  mutant(
    'guard-connection/guard-link.ts',
    'a guard grants without a lease',
    'return this.mayTrust() && !this.isDoubtful(subject) ? ACTIVE : ASK;',
    'return this.isDoubtful(subject) ? ASK : ACTIVE;',
  ),
  mutant(
    'guard-connection/guard-link.ts',
    'a guard accepts a session that has changed',
    'if (this.changed.has(sessionId)) return true;',
    '',
  ),
  mutant(
    'guard-connection/guard-link.ts',
    'a cut-off of sessions is ignored',
    'sessionEpoch < minimum.sessionEpoch || rolesVersion < minimum.rolesVersion',
    'rolesVersion < minimum.rolesVersion',
  ),
  mutant(
    'guard-connection/guard-link.ts',
    'a cut-off of roles is ignored',
    'sessionEpoch < minimum.sessionEpoch || rolesVersion < minimum.rolesVersion',
    'sessionEpoch < minimum.sessionEpoch',
  ),
  mutant(
    'guard-connection/guard-link.ts',
    'an answer is believed although the session has ended meanwhile',
    `    const decision = await this.questions.ask(subject);
    const reason = this.endedSet.reasonOf(subject.sessionId);
    if (reason !== undefined) return { state: 'ended', reason };`,
    '    const decision = await this.questions.ask(subject);',
  ),
  mutant(
    'guard-connection/guard-link.ts',
    'a guard forgets that a parent has refused a session for good',
    "    if (decision.state === 'ended') this.remember(subject.sessionId, decision.reason);\n",
    '',
  ),
  mutant(
    'guard-connection/guard-link.ts',
    'a guard gives its lease back before another parent has given one',
    `    this.former = connection;
    this.keepLease(connection);`,
    `    this.former = connection;
    this.lease = null;`,
  ),
  mutant(
    'guard-connection/guard-link.ts',
    'a guard does not notice that its lease has run out',
    'if (this.wasTrusting && !isTrusting) this.options.onTrustLost?.();',
    '',
  ),
  mutant(
    'guard-connection/changed-sessions.ts',
    'an answer settles a change that came after the question',
    'if (this.changeOf(sessionId) !== change) return;',
    '',
  ),
  mutant(
    'enforcer.ts',
    'a revoke is answered before the guards below have acknowledged it',
    `      await guards;
`,
    '',
  ),
  mutant(
    'revocation.ts',
    'a push is acknowledged before the guards below have acknowledged it',
    `    await this.parts.guards.inForce();
    try`,
    '    try',
  ),
  mutant(
    'revocation.ts',
    'an instance leaves the others before its guards',
    `    await this.parts.guards.leave();
    this.parts.trust.stop();`,
    `    this.parts.trust.stop();
    void this.parts.guards.leave();`,
  ),
  mutant(
    'session-cache.ts',
    'guards do not hear that sessions have changed',
    `    this.parts.onChanged?.(sessionIds);
`,
    '',
  ),
  mutant(
    'trust.ts',
    'the age of the last read does not limit the lease of a guard',
    'this.maxStalenessMs - this.tailAgeMs',
    'Number.POSITIVE_INFINITY',
  ),
];
