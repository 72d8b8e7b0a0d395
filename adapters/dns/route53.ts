/** Hosted zones of Amazon Route 53: the old record set goes and the new one comes in one batch, so that an edit meanwhile is refused. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type Change,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { RecordChange } from '../../activities/ports/dns-zones.ts';
import { areSame, recordSet, type Place, type RecordSet } from '../../domain/dns/records.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { nodeFailed } from '../../domain/node-failed.ts';
import type { ReadSecret } from '../secrets.ts';
import { isServedWithin, servedBy } from './look-at-servers.ts';
import { createAccounts, NoAccount, type Account } from './route53-account.ts';
import type { AccessBy, ZoneProvider } from './zone-provider.ts';

type Access = AccessBy<'route53'>;

/** A change is everywhere within a minute, as AWS says. */
const syncMs = 180_000;
const firstPauseMs = 100;
/** More questions than five in a second are refused for the whole account. */
const lastPauseMs = 2_000;
const questionsAtOnce = 2;

export function createRoute53(secret: ReadSecret): ZoneProvider<'route53'> {
  const accountOf = createAccounts(secret);
  const hosted = async ({ provider, zone }: Access, signal?: AbortSignal) => {
    const { HostedZone } = await accountOf(provider)(
      (client, options) => client.send(new GetHostedZoneCommand({ Id: provider.zoneId }), options),
      signal,
    );
    if (HostedZone?.Name?.toLowerCase() !== zone) throw new NoAccount('dns-refused', `${provider.zoneId} is not ${zone}`);
    return HostedZone;
  };
  return {
    async tryKey(zone, signal) {
      try {
        await hosted(zone, signal);
        return { ok: true, of: 'account' };
      } catch (error) {
        if (!(error instanceof NoAccount)) throw error;
        return { ok: false, of: 'account', isSilent: false, said: error.message };
      }
    },

    standing: (zone, places, signal) => inOurWords(() => setsAt(accountOf(zone.provider), zone, places, signal)),

    count: (zone, signal) => inOurWords(async () => (await hosted(zone, signal)).ResourceRecordSetCount),

    update: (zone, changes, signal) =>
      inOurWords(async () => {
        const account = accountOf(zone.provider);
        // What nobody could see afterwards is not begun.
        await servedBy(zone, [], signal);
        const refusal = await put(account, zone, changes, signal);
        if (refusal !== undefined) {
          const sets = await setsAt(account, zone, changes, signal);
          const stands = (which: (one: RecordChange) => RecordSet | null) =>
            changes.every((one, n) => areSame(sets[n]!, which(one)));
          if (stands(({ before }) => before)) throw new NoAccount('dns-refused', refusal);
          // Done by a request whose answer was lost.
          if (!stands(({ after }) => after)) return 'not-as-before';
        }
        if (await isServedWithin(syncMs, zone, changes, signal)) return 'done';
        throw new NoAccount('dns-refused', `the change is taken, and ${zone.servers[0]!.id} does not serve it`);
      }),
  };
}

/** Answers why the batch is refused; whole or not at all. */
async function put(
  account: Account,
  zone: Access,
  changes: readonly RecordChange[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const batch = [
    ...changes.flatMap((one) => asChange('DELETE', one, one.before)),
    ...changes.flatMap((one) => asChange('CREATE', one, one.after)),
  ];
  const request = new ChangeResourceRecordSetsCommand({ HostedZoneId: zone.provider.zoneId, ChangeBatch: { Changes: batch } });
  let id: string | undefined;
  try {
    ({ Id: id } = (await account((client, options) => client.send(request, options), signal)).ChangeInfo!);
  } catch (error) {
    if (error instanceof NoAccount && error.code === 'dns-refused') return error.message;
    throw error;
  }
  await inSync(account, id!, signal);
  return undefined;
}

const asChange = (Action: 'DELETE' | 'CREATE', { name, type }: Place, set: RecordSet | null): Change[] =>
  set === null
    ? []
    : [
        {
          Action,
          ResourceRecordSet: { Name: name, Type: type, TTL: set.ttl, ResourceRecords: set.values.map((Value) => ({ Value })) },
        },
      ];

async function inSync(account: Account, id: string, signal?: AbortSignal): Promise<void> {
  const until = performance.now() + syncMs;
  for (let n = 0; ; n++) {
    const { ChangeInfo } = await account((client, options) => client.send(new GetChangeCommand({ Id: id }), options), signal);
    if (ChangeInfo?.Status === 'INSYNC') return;
    if (performance.now() > until) {
      throw new NoAccount('dns-refused', `the change is taken, and not at all servers after ${syncMs / 1_000} s`);
    }
    await delay(Math.min(lastPauseMs, firstPauseMs * 2 ** n), undefined, signal ? { signal } : {});
  }
}

const setsAt = (account: Account, zone: Access, places: readonly Place[], signal?: AbortSignal): Promise<(RecordSet | null)[]> =>
  inParallel(
    places,
    async ({ name, type }) => {
      const request = new ListResourceRecordSetsCommand({
        ...{ HostedZoneId: zone.provider.zoneId, StartRecordName: name, StartRecordType: type, MaxItems: 1 },
      });
      const { ResourceRecordSets } = await account((client, options) => client.send(request, options), signal);
      const [found] = ResourceRecordSets ?? [];
      return found === undefined || nameOf(found) !== name || found.Type !== type ? null : setOf(found, { name, type });
    },
    questionsAtOnce,
  );

/** Stars are written in octal there. */
const nameOf = ({ Name = '' }: ResourceRecordSet): string => Name.toLowerCase().replace(/^\\052/, '*');

function setOf(
  { AliasTarget, SetIdentifier, TTL, ResourceRecords = [] }: ResourceRecordSet,
  { name, type }: Pick<Place, 'name' | 'type'>,
): RecordSet {
  if (AliasTarget !== undefined || SetIdentifier !== undefined || TTL === undefined) {
    throw new NoAccount(
      'dns-refused',
      `${name} ${type} is an alias, or one of several by weight or place: only plain record sets are changed`,
    );
  }
  return recordSet(
    type,
    TTL,
    ResourceRecords.map(({ Value }) => Value!),
  );
}

async function inOurWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NoAccount) throw nodeFailed('Route 53', error.message, error.code);
    throw error;
  }
}
