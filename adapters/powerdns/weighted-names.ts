/** Names whose answers are divided by weight, by LUA records of PowerDNS: set at the primary, and read back at every authoritative server. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Traffic } from '../../activities/ports/traffic.ts';
import type { WeightedName } from '../../contracts/weighted-name-settings.ts';
import { canonical } from '../../domain/dns/records.ts';
import type { SilentNode } from '../../domain/silent-node.ts';
import { pull } from '../../domain/traffic/split.ts';
import { readRecords, recordTypes, writeRecords } from '../../domain/traffic/weighted-record.ts';
import type { Setting } from '../../domain/traffic/words.ts';
import { lookAtServers } from '../dns/look-at-servers.ts';
import { NoAnswer, orFailure, orSilence } from '../no-answer.ts';
import type { ReadSecret } from '../secrets.ts';
import { createPowerDns, type FoundZone, type NameServer, type PowerDns, type RecordSet } from './powerdns-api.ts';

const code = 'proxy-refused';
const pauseMs = 100;

export function createWeightedNames(secret: ReadSecret): Traffic<WeightedName> {
  const api = createPowerDns(secret);
  return {
    look: (place, _, signal) =>
      orSilence(place.id, async () => {
        const { set, settings, ...rest } = await readAll(api, place, signal);
        const uncounted = { sessions: 0, requests: 0, failed: 0, latencyMs: 0 };
        return {
          node: place.id,
          answers: true,
          // A key of the API may do anything.
          level: 'admin',
          // A side's weight is divided among its servers alike.
          servers: settings.map((one) => ({ ...one, ...uncounted, initial: 1, isUp: true })),
          // A zone outlives a restart.
          saved: settings,
          keptMs: set.ttl * 1_000,
          ...rest,
        };
      }),

    set: (place, _, changes, signal) =>
      orFailure(
        place.id,
        async () => {
          const [primary] = place.servers as [NameServer];
          const { set, settings } = await readPrimary(api, place, signal);
          const next = settings.map((one) => changes.find(({ server }) => server === one.server) ?? one);
          const unknown = changes.find(({ server }) => !settings.some((one) => one.server === server));
          if (unknown) throw new NoAnswer('failed', `it has no entry ${unknown.server}`);
          if (!next.some((one) => pull(one) > 0)) throw new NoAnswer('failed', 'with these weights it would answer nobody');
          await from(primary, async () => {
            const records = writeRecords(place.entries, next).map((content) => ({ content, disabled: false }));
            const isSo = contentsOf(set) === records.map(({ content }) => content).join('\n');
            if (!isSo) await api.replace(primary, place, { ...set, records }, signal);
            // An attempt that was killed may have set and not told. A zone without secondaries of its own refuses to.
            if (place.servers.length > 1) await api.notify(primary, place, signal).catch(unlessAborted(signal));
          });
          await untilAllHave(api, place, next, signal);
        },
        code,
      ),

    save: () => Promise.resolve(),
  };
}

const unlessAborted = (signal?: AbortSignal) => (): void => signal?.throwIfAborted();

interface Read {
  readonly set: RecordSet;
  readonly settings: Setting[];
}

interface Seen extends Read {
  /** Servers that answer, and do not serve what the primary has. */
  readonly behind: string[];
  readonly silent: SilentNode[];
}

/** What the primary has, and what becomes of it at every server. Throws NoAnswer where the primary gives nothing to set. */
async function readAll(api: PowerDns, place: WeightedName, signal?: AbortSignal): Promise<Seen> {
  const own = await readPrimary(api, place, signal);
  const found = await Promise.all(
    place.servers.map((server, n) =>
      orSilence(server.id, async () => {
        const set = n === 0 ? own.set : luaIn(await api.read(server, place, signal), place);
        return { server: server.id, isServed: areSame(set, own.set) && (await serves(server, place, own.settings, signal)) };
      }),
    ),
  );
  return {
    ...own,
    silent: found.filter((one) => 'answers' in one),
    behind: found.flatMap((one) => ('answers' in one || one.isServed ? [] : [one.server])),
  };
}

const areSame = (one: RecordSet | undefined, other: RecordSet): boolean =>
  one !== undefined && one.ttl === other.ttl && contentsOf(one) === contentsOf(other);

/** Throws NoAnswer. */
const readPrimary = (api: PowerDns, place: WeightedName, signal?: AbortSignal): Promise<Read> => {
  const [primary] = place.servers as [NameServer];
  return from(primary, async () => primaryIn(await api.read(primary, place, signal), place));
};

/** Throws NoAnswer. */
function primaryIn(zone: FoundZone, place: WeightedName): Read {
  // It would take a change all the same, and lose it at the next transfer.
  if (/^(slave|secondary|consumer)$/i.test(zone.kind)) throw new NoAnswer('failed', `it follows another server: name that first`);
  const set = luaIn(zone, place);
  if (set === undefined) throw new NoAnswer('failed', `it has no LUA record ${place.name}`);
  const beside = zone.sets.find(({ type, records }) => recordTypes.some((one) => one === type) && records.length > 0);
  if (beside) throw new NoAnswer('failed', `beside the LUA record of ${place.name} stands one of type ${beside.type}`);
  const settings = set.records.some(({ disabled }) => disabled)
    ? undefined
    : readRecords(
        place.entries,
        set.records.map(({ content }) => content),
      );
  if (settings === undefined) throw new NoAnswer('failed', `${place.name} is not as we write it: ${shown(set)}`);
  return { set, settings };
}

const luaIn = ({ sets }: FoundZone, { name }: WeightedName): RecordSet | undefined =>
  sets.find((set) => set.name === name && set.type === 'LUA');

const contentsOf = ({ records }: RecordSet): string =>
  records
    .map(({ content }) => content)
    .toSorted()
    .join('\n');

const shown = ({ records }: RecordSet): string =>
  records
    .map(({ content, disabled }) => `${disabled ? '(disabled) ' : ''}${content}`)
    .join(', ')
    .slice(0, 200);

/** Whether its answers are of those that have a weight. What has none at all has no answer to look for. Throws NoAnswer. */
async function serves(
  { id, host, port }: NameServer,
  { zone, name, entries }: WeightedName,
  settings: readonly Setting[],
  signal?: AbortSignal,
): Promise<boolean> {
  const named = settings.filter((one) => pull(one) > 0).map(({ server }) => entries[server]!);
  if (named.length === 0) return true;
  const places = recordTypes.filter((type) => named[0]![type] !== undefined).map((type) => ({ id: type, name, type }));
  const look = await lookAtServers.lookAtServer(zone, { id, host, port }, places, signal);
  if (!look.answers) {
    throw new NoAnswer(look.why === 'unreachable' ? look.why : 'failed', `by DNS at ${host}:${port}: ${look.said}`);
  }
  return places.every(({ type }, n) => {
    const values = look.sets[n]?.values ?? [];
    return values.length === 1 && named.some((entry) => canonical(type, entry[type]!) === values[0]);
  });
}

/** Throws NoAnswer, naming who does not have it within the time that the inventory gives. */
async function untilAllHave(api: PowerDns, place: WeightedName, wanted: readonly Setting[], signal?: AbortSignal): Promise<void> {
  const until = performance.now() + place.spread;
  for (;;) {
    const { settings, behind, silent } = await readAll(api, place, signal);
    const isSet = writeRecords(place.entries, settings).join() === writeRecords(place.entries, wanted).join();
    if (!isSet) throw new NoAnswer('failed', 'somebody else has set it at the same moment');
    const [away] = silent;
    if (away) throw new NoAnswer(away.why, silent.map(({ node, said }) => `${node}: ${said}`).join('; '));
    if (behind.length === 0) return;
    if (performance.now() > until) {
      throw new NoAnswer('failed', `${behind.join(', ')} did not serve it within ${place.spread / 1_000} s`);
    }
    await delay(pauseMs, undefined, signal ? { signal } : {});
  }
}

/** Says which server it was. */
async function from<T>({ id }: NameServer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof NoAnswer ? new NoAnswer(error.why, `${id}: ${error.message}`) : error;
  }
}
