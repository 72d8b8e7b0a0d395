/** Who must die where, spread over as few runs as it takes, and what is drawn beyond that. */
import { createKernelActivities } from '../../../activities/kernel.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import type { Blow, VictimName } from './conductor.ts';
import { shuffled } from './random.ts';

/** A quick activity is tried six times: so many deaths within one call leave room for a slow machine. */
const deathsPerCall = 3;
/** The same effect is worth a death after the first and the second time: some is done, more is done. */
const timesPerEffect = 2;
/** So many places without an effect share one death. */
const quietPerDrawn = 4;
/** Of the API, which keeps its callers waiting for 5 s when it dies between claim and answer, and of Temporal. */
const drawnPerRun = { api: 2, temporal: 4 };

/** What the process is in the middle of at a point, and where in it. */
const callOf = (point: string): string => point.slice(0, point.indexOf(': '));
const momentOf = (point: string): string => point.slice(point.indexOf(': ') + 2);
/** What places have in common: all gates are one kind, all calls of one activity, all exchanges at one address. */
const kindOf = (point: string): string => (isGate(point) ? 'gate' : callOf(point).replace(/#\d+$/, ''));
const isExchange = (point: string): boolean => /^[A-Z]+ \//.test(point);
const isGate = (point: string): boolean => point.startsWith('gate ');
const isNoGate = (point: string): boolean => !isGate(point);
const isBefore = (point: string): boolean => momentOf(point) === 'before';
const isEdge = (point: string): boolean => ['before', 'after', 'open'].includes(momentOf(point));

/** Of the points that a calm run passed, in its order, those that can be told apart by what is there when a process dies. */
export function telling(passed: readonly string[]): string[] {
  return groupBy(passed, callOf).flatMap((points) => {
    const end = points.findIndex((point) => momentOf(point) === 'after');
    // After its last effect a call has nothing left to do but to end.
    return points.filter((point, n) => n + 1 !== end && Number(/ (\d+)$/.exec(momentOf(point))?.[1] ?? 1) <= timesPerEffect);
  });
}

const kernel = new Set(Object.keys(createKernelActivities({} as Ports, { scenarios: [], kinds: {} })));

/** Whether a scenario does this itself, rather than the kernel or the API for it. */
export const isItsOwn = (point: string): boolean => !isExchange(point) && !kernel.has(kindOf(point));

/** Whether it lies in a call of one of these activities. */
export const isOf = (activities: readonly string[], point: string): boolean => activities.includes(kindOf(point));

/**
 * What is struck of them where time is short; the soak strikes all. Drawn are a few of those where a call has no effect behind it,
 * as a death leaves there what it leaves after the call before, and of the gates behind the first one; and the first or the
 * second time of an effect.
 */
export function drawnOf(points: readonly string[], random: () => number): string[] {
  const calls = groupBy(points.filter(isNoGate), callOf);
  const quiet = [
    ...calls.flatMap((call) => (call.length === 1 ? call : call.filter(isBefore))),
    ...points.filter(isGate).slice(1),
  ];
  const left = new Set(shuffled(quiet, random).slice(Math.ceil(quiet.length / quietPerDrawn)));
  for (const second of points.filter((point) => point.endsWith(' 2'))) {
    left.add(random() < 0.5 ? second : second.replace(/2$/, '1'));
  }
  return points.filter((point) => !left.has(point));
}

/** The blows of every sweep, whatever is drawn: of places of one kind the first stands for all, except for the worker. */
export function mustDie(points: readonly string[]): Blow[] {
  const first = new Set(groupBy(points, kindOf).map(([point]) => callOf(point!)));
  return points.flatMap((point) => {
    const stands = first.has(callOf(point)) && isEdge(point);
    if (isGate(point)) return against(point, 'worker', ...(stands ? (['api', 'temporal'] as const) : []));
    if (!isExchange(point)) return against(point, 'worker');
    if (!stands) return [];
    return momentOf(point) === 'after' ? against(point, 'api', 'temporal') : against(point, 'api');
  });
}

/** All other blows of API and Temporal, in rounds; each place comes up before any comes up again. */
export function drawnRounds(points: readonly string[], random: () => number): Blow[][] {
  const must = mustDie(points);
  const others = (victim: 'api' | 'temporal', candidates: readonly string[]): Blow[] =>
    draw(
      missed(
        candidates.flatMap((point) => against(point, victim)),
        must,
      ),
      random,
    );
  const api = others(
    'api',
    points.filter((point) => isExchange(point) || isGate(point)),
  );
  const temporal = others('temporal', points);
  const rounds: Blow[][] = [];
  while (api.length + temporal.length > 0) {
    rounds.push([...api.splice(0, drawnPerRun.api), ...temporal.splice(0, drawnPerRun.temporal)]);
  }
  return rounds;
}

/** Every blow in one of at least `atLeast` rounds; in none of them is one call struck too often. */
export function spread(blows: readonly Blow[], atLeast: number): Blow[][] {
  const calls = groupBy(blows, ({ point }) => callOf(point));
  const most = Math.max(0, ...calls.map((call) => call.length));
  const rounds = Array.from({ length: Math.max(atLeast, Math.ceil(most / deathsPerCall)) }, (): Blow[] => []);
  calls.flat().forEach((blow, n) => rounds[n % rounds.length]!.push(blow));
  return rounds.filter((round) => round.length > 0);
}

export const missed = (blows: readonly Blow[], struck: readonly Blow[]): Blow[] =>
  blows.filter(({ point, victim }) => !struck.some((one) => one.point === point && one.victim === victim));

export const told = (blows: readonly Blow[]): string => blows.map(({ point, victim }) => `${victim} at ${point}`).join(', ');

const against = (point: string, ...victims: readonly VictimName[]): Blow[] => victims.map((victim) => ({ point, victim }));

function draw(blows: readonly Blow[], random: () => number): Blow[] {
  const places = shuffled(
    groupBy(shuffled(blows, random), ({ point }) => callOf(point)),
    random,
  );
  const most = Math.max(0, ...places.map((place) => place.length));
  return Array.from({ length: most }, (_, n) => places.flatMap((place) => place[n] ?? [])).flat();
}

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): T[][] => [...Map.groupBy(items, keyOf).values()];
