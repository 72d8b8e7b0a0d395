/** A whole service as a stage: requests and names in memory, moved together under one approval, there and back. */
import type { DrillActivities } from '../../../activities/drill/interface.ts';
import type { ServiceMoveActivities } from '../../../activities/service/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { sideOf as sideOfSwitch } from '../../../domain/dns/judge-zone.ts';
import { fail } from '../../../domain/fail.ts';
import { planMove } from '../../../domain/service/move-plan.ts';
import { checkMembers } from '../../../domain/service/service-checks.ts';
import { wavesOf } from '../../../domain/service/waves.ts';
import type { Member, Whereabouts } from '../../../domain/service/words.ts';
import { plain } from '../../../domain/text.ts';
import { sharesOf } from '../../../domain/traffic/split.ts';
import type { Dice } from './dice.ts';
import { NamesInMemory, switches } from './dns-stage.ts';
import type { Journal } from './journal.ts';
import type { Activities, Stage, WantedStart } from './stage.ts';
import { drawInventory } from './town.ts';
import { ProxiesInMemory } from './traffic-stage.ts';

const target = 'shop';
const leads = { home: 'home', dr: 'dr' };

export function regionStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  // In one wave, or one after the other.
  const tier = dice.pick([1, 2]);
  const members: readonly Member[] = [
    { target: 'edge', kind: 'traffic', tier: 1, needs: [], leads, zones: [] },
    { target: 'names', kind: 'dns-zone', tier, needs: [], leads, zones: [] },
  ];
  const probe = (side: string): string => `{ id: web, url: 'http://${side}.example.jp/' }`;
  const inventory = drawInventory(
    dice,
    ['move'],
    (approvals) =>
      [
        'targets:',
        `  - { id: edge, kind: traffic, proxies: [{ id: a, socket: /run/a.sock }], backend: be, ` +
          `sides: { home: { servers: [prod], probe: { url: 'http://home/' } }, dr: { servers: [dr], probe: { url: 'http://dr/' } } } }`,
        `  - { id: names, kind: dns-zone, zone: shodo.test, servers: [{ id: a, host: a }], ` +
          `provider: { kind: rfc2136, key: { name: k, secret: { env: KEY } } }, switches: ${JSON.stringify(switches)} }`,
        `  - { id: ${target}, kind: service, home: home, approvals: ${approvals}, ` +
          `sides: { home: { probes: [${probe('home')}] }, dr: { probes: [${probe('dr')}] } }, ` +
          `members: ${JSON.stringify(members.map((one) => ({ target: one.target, tier: one.tier, leads })))} }`,
      ].join('\n'),
    registry,
  );
  const proxies = new ProxiesInMemory(dice, journal);
  const names = new NamesInMemory(journal);
  const seen = (): Whereabouts[] => {
    const split = Object.entries(sharesOf(proxies.box('edge').set, { home: ['prod'], dr: ['dr'] }));
    const led = new Set(switches.map((one) => sideOfSwitch(one, names.read('names', one.id))));
    return [
      { target: 'edge', lead: split.find(([, share]) => share === 100)?.[0], said: 'as it is' },
      { target: 'names', lead: led.size === 1 ? [...led][0] : undefined, said: 'as they are' },
    ];
  };
  const activates = dice.chance(0.3);
  let isActive = false;
  const turn = (after: boolean): void => {
    if (isActive === after) return;
    const kind = after ? 'apply' : 'undo';
    const [before, now] = [isActive, after];
    isActive = after;
    journal.effect({ target, plan: 'activate', thing: 'side', before, after: now, kind, wayBack: 'deactivateSide' });
  };
  let isCut = false;
  const cut = (after: boolean): void => {
    if (isCut === after) return;
    isCut = after;
    const effect = { target, plan: 'isolate', thing: 'home', before: !after, after, wayBack: 'liftIsolation' };
    journal.effect({ ...effect, kind: after ? 'apply' : 'undo' });
  };
  const drill: DrillActivities = {
    prepareDrill: async ({ to = 'dr' }) => {
      if (!seen().every(({ lead }) => lead === 'home')) throw fail('drill-refused', plain('It is not at home.'));
      return { home: 'home', to, holdsData: dice.chance(0.3), tolerance: 0.1 };
    },
    measureSide: async () => ({ requests: 10, failed: 0, medianMs: 1, p95Ms: 2 }),
    isolateHome: async () => {
      cut(true);
      if (dice.chance(0.1)) throw fail('isolation-failed', plain('It still answers.'));
    },
    liftIsolation: async () => {
      if (dice.chance(0.1)) throw fail('isolation-failed', plain('It does not answer yet.'));
      cut(false);
    },
    planWayHome: async () => (await service.planServiceMove({ target, way: 'home', planned: true })).plan,
    verifyDrill: async ({ side }) => [
      ...checkMembers(side, members, seen()),
      { id: 'home', ok: !isCut, sentence: plain(isCut ? 'Home is cut off.' : 'Home answers.') },
    ],
  };
  const service: ServiceMoveActivities = {
    planServiceMove: async ({ way, to = 'dr', planned }) => {
      const side = way === 'home' ? 'home' : to;
      if (!Object.hasOwn(leads, side)) throw fail('invalid-input', plain('There is no such side.'));
      const waves = wavesOf(members);
      const plan = planMove({ target, to: side, planned, waves, seen: seen(), sides: { home: [], dr: [] } });
      return {
        ...{ to: side, plan, activates, site: 'main', watchMs: 1_000 },
        waves: waves.map((wave) => wave.map(({ target: id, kind }) => ({ target: id, kind, lead: side }))),
      };
    },
    activateSide: async () => turn(true),
    deactivateSide: async () => turn(false),
    proveSide: async () => {
      const ok = dice.chance(0.9);
      return [{ id: 'probe-web', ok, sentence: plain(ok ? 'It answers.' : 'It does not answer.') }];
    },
    watchSide: async () => {
      if (dice.chance(0.1)) throw fail('side-does-not-bear', plain('It failed 4 times in a row.'));
      return { asked: 10, failed: 0 };
    },
    verifyServiceMove: async ({ side }) => checkMembers(side, members, seen()),
  };
  const start = (): WantedStart => {
    if (dice.chance(0.3)) return { scenario: 'region-drill', target, input: {} };
    return dice.chance(0.7)
      ? { scenario: 'region-failover', target, input: { planned: dice.chance(0.3) } }
      : { scenario: 'region-failback', target, input: {} };
  };
  return {
    ...registry,
    inventory,
    activities: {
      ...service,
      ...drill,
      ...proxies.activities(),
      ...names.activities(),
      takeNoBackup: async () => ({}),
    } satisfies Activities,
    root: start(),
    rival: () =>
      dice.pick([
        start(),
        { scenario: 'traffic-shift', target: 'edge', input: { side: dice.pick(['home', 'dr']) } },
        { scenario: 'dns-switch', target: 'names', input: { side: dice.pick(['home', 'dr']) } },
      ]),
    takeBackup: 'takeNoBackup',
    meddle: () => proxies.meddle('edge'),
    amendment: ({ gate }) => (gate.includes('assess') ? { side: 'dr' } : { nonsense: true }),
  };
}
