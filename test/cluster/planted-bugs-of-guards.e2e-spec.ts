import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from './history/cluster.js';
import { GuardedScenario, type ScenarioOptions } from './schedules/guards/guarded-scenario.js';
import { presentedAfterUseAtGuard } from './schedules/guards/presented-after-use-at-guard.js';
import { revokedAfterDisconnect } from './schedules/guards/revoked-after-disconnect.js';
import { revokedAfterRestart } from './schedules/guards/revoked-after-restart.js';
import { revokedBeforeConnecting } from './schedules/guards/revoked-before-connecting.js';
import { revokedByCutOffAtGuard } from './schedules/guards/revoked-by-cut-off-at-guard.js';
import { revokedWhileParentIsCutOff } from './schedules/guards/revoked-while-parent-is-cut-off.js';
import { revokedWhileParentLeaves } from './schedules/guards/revoked-while-parent-leaves.js';
import { revokedWhileStalled } from './schedules/guards/revoked-while-stalled.js';
import { revokedWhileUnheard } from './schedules/guards/revoked-while-unheard.js';
import { revokedWithLatePong } from './schedules/guards/revoked-with-late-pong.js';
import { revokedWithStream } from './schedules/guards/revoked-with-stream.js';

type Schedule = (scenario: GuardedScenario) => Promise<void>;

interface PlantedBug {
  readonly name: string;
  readonly in: 'server' | 'parent';
  readonly found: RegExp;
}

interface Case {
  readonly when: string;
  readonly schedule: Schedule;
  readonly hasOwnParent?: boolean;
  readonly bugs: readonly PlantedBug[];
}

/** A busy machine may miss the window of a lease, so each bug gets several rounds. */
const ROUNDS = 4;
const SHORT_GRACE_MS = 1_000;
/** Every registration is older than a lease (3 s) plus one heartbeat by then. */
const SETTLED_MS = 4_200;

const inServer = (name: string, found = /^P[389]$/): PlantedBug => ({ name, in: 'server', found });
const inParent = (name: string): PlantedBug => ({ name, in: 'parent', found: /^P[389]$/ });

const CASES: readonly Case[] = [
  {
    when: 'a session is revoked that has a stream',
    schedule: revokedWithStream,
    bugs: [inServer('stream-not-closed', /^P9$/), inServer('guard-acknowledges-first')],
  },
  {
    when: 'a session is revoked while nothing arrives at its guard',
    schedule: revokedWhileUnheard,
    bugs: [inParent('parent-does-not-wait'), inServer('stream-kept-without-lease', /^P9$/)],
  },
  {
    when: 'a session is revoked right after its guard was disconnected',
    schedule: revokedAfterDisconnect,
    bugs: [inParent('parent-forgets-lost-guards')],
  },
  {
    when: 'a session is revoked after the last pong arrived late',
    schedule: revokedWithLatePong,
    bugs: [inServer('guard-lease-counted-from-pong')],
  },
  {
    when: 'a guarded server starts after a session was revoked',
    schedule: revokedBeforeConnecting,
    bugs: [inServer('guard-snapshot-skipped')],
  },
  {
    when: "a session is revoked when its guard's parent has shut down",
    schedule: revokedWhileParentLeaves,
    hasOwnParent: true,
    bugs: [inParent('parent-leaves-first')],
  },
  {
    when: "a session is revoked while its guard's parent is cut off",
    schedule: revokedWhileParentIsCutOff,
    bugs: [inParent('parent-grants-without-lease')],
  },
  {
    when: 'all other sessions of a user are revoked',
    schedule: revokedByCutOffAtGuard,
    bugs: [inServer('guard-cut-off-ignored')],
  },
  {
    when: 'a session with a stream is revoked while its guarded server is paused',
    schedule: revokedWhileStalled,
    bugs: [],
  },
  {
    when: 'a refresh token is presented whose successor was used at a guarded server',
    schedule: presentedAfterUseAtGuard,
    bugs: [inServer('guard-use-not-reported', /^P5$/)],
  },
];

const moduleOf = (bug: string) => new URL(`./planted-bugs/${bug}.ts`, import.meta.url).href;

describe('the checker and guards', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await Cluster.start({ instances: 2, graceMs: SHORT_GRACE_MS });
    await cluster.recovered();
    await sleep(SETTLED_MS);
  }, 300_000);
  afterAll(() => cluster.stop());

  const violationsOf = async (schedule: Schedule, options: ScenarioOptions, on = cluster) => {
    const scenario = await GuardedScenario.start(on, options);
    try {
      await schedule(scenario);
      return scenario.violations();
    } finally {
      await scenario.stop();
    }
  };
  const find = async (found: RegExp, round: () => Promise<{ promise: string }[]>) => {
    let promises: string[] = [];
    for (let count = 0; count < ROUNDS && !promises.some((promise) => found.test(promise)); count++) {
      promises = (await round()).map(({ promise }) => promise);
    }
    expect(promises).toContainEqual(expect.stringMatching(found));
  };

  describe.each(CASES)('when $when', ({ schedule, hasOwnParent, bugs }) => {
    it('reports no violation', async () => {
      expect(await violationsOf(schedule, { hasOwnParent })).toEqual([]);
    }, 300_000);

    if (bugs.length === 0) return;

    it.each(bugs)(
      'detects the planted bug: $name',
      async ({ name, found, ...bug }) => {
        const options = bug.in === 'server' ? { inServer: moduleOf(name) } : { inParent: moduleOf(name) };
        await find(found, () => violationsOf(schedule, { hasOwnParent, ...options }));
      },
      600_000,
    );
  });

  describe('when an instance without Redis dies, and its successor revokes a session', () => {
    const violations = async (inSuccessor: string[]) => {
      const alone = await Cluster.start({ instances: 1, env: { REDIS_URL: '' }, servers: cluster });
      try {
        return await violationsOf((scenario) => revokedAfterRestart(scenario, inSuccessor), {}, alone);
      } finally {
        await alone.stop();
      }
    };

    it('reports no violation', async () => {
      expect(await violations([])).toEqual([]);
    }, 300_000);

    it('detects the planted bug: parent-trusted-while-young', async () => {
      await find(/^P8$/, () => violations([moduleOf('parent-trusted-while-young')]));
    }, 600_000);
  });
});
