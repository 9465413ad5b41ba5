import { MAILED_EVENTS } from '../../policy/mailed-events.js';
import {
  POLICY_PRESETS,
  type PolicyName,
  SUSPICION_ACTIONS,
  SUSPICIONS,
  SUSPICIONS_OF_LOGINS,
  type Suspicion,
} from '../../policy/session-policy.js';
import { suspicionEvent } from './suspicion-event.js';

const PRESETS = Object.keys(POLICY_PRESETS) as PolicyName[];
const SESSION = { userId: 'user', sessionId: 'session', deviceId: 'device' };
const UNKNOWN = { address: '192.0.2.1', place: null, client: null, userAgent: '' };
const ACTIONS = SUSPICION_ACTIONS.filter((action) => action !== 'off');

describe('a suspicion', () => {
  it.each(PRESETS)('is mailed under the policy %s, whatever action the policy takes', (preset) => {
    const mailed: readonly string[] = MAILED_EVENTS[preset];
    const isMailed = (suspicion: Suspicion) =>
      !SUSPICIONS_OF_LOGINS.includes(suspicion) &&
      (suspicion !== 'refresh_token_shared' || preset === 'bank');
    for (const suspicion of SUSPICIONS.filter(isMailed)) {
      for (const action of ACTIONS) {
        const { kind } = suspicionEvent(SESSION, { suspicion, action }, UNKNOWN, UNKNOWN);
        expect(mailed).toContain(kind);
      }
    }
    expect(mailed).toEqual(expect.arrayContaining([...SUSPICIONS_OF_LOGINS]));
  });

  it('that a change of networks explains is not mailed where sessions last for months', () => {
    expect(MAILED_EVENTS.social).not.toContain('refresh_token_shared');
    expect(MAILED_EVENTS.streaming).not.toContain('refresh_token_shared');
  });

  it('says nothing of a client that a guard has not reported', () => {
    const now = { ...UNKNOWN, userAgent: null };
    const { detail } = suspicionEvent(
      SESSION,
      { suspicion: 'client_changed', action: 'notify' },
      UNKNOWN,
      now,
    );
    expect(detail).toMatchObject({ now: { client: null } });
  });
});
