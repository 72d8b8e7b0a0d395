/** What only a zone that takes signed updates has, on BIND and on Knot: keys that are refused, and transfers that are signed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCommandRunner } from '../../adapters/process/run-command.ts';
import { createDnsZones } from '../../adapters/dns/dns-zones.ts';
import type { RecordChange, ZoneAccess } from '../../activities/ports/dns-zones.ts';
import { recordSet, type Place } from '../../domain/dns/records.ts';
import { startNameServers, zone, type NameServers } from '../support/dns/servers.ts';

type Key = Extract<ZoneAccess['provider'], { kind: 'rfc2136' }>['key'];

const api: Place = { id: 'api', name: 'api.shodo.test.', type: 'CNAME' };
const home = recordSet('CNAME', 2, ['prod-api.shodo.test']);
const dr = recordSet('CNAME', 2, ['dr-api.shodo.test']);
const change = (place: Place, before: RecordChange['before'], after: RecordChange['after']): RecordChange => ({
  ...place,
  before,
  after,
});

describe.each(['bind', 'knot'] as const)('updates that %s is sent', (kind) => {
  let names: NameServers;
  let secret = '';
  const zones = createDnsZones(() => secret, createCommandRunner());
  const access = (key: Partial<Key> = {}): ZoneAccess => ({
    zone,
    servers: names.servers.map(({ id, host, port }) => ({ id, host, port })),
    provider: {
      kind: 'rfc2136',
      key: { name: `${names.key.name}.`, algorithm: 'hmac-sha256', secret: { env: 'KEY' }, ...key },
    },
  });

  beforeAll(async () => {
    names = await startNameServers(kind);
    secret = names.key.secret;
  });
  afterAll(() => names.stop());

  test('a key that is another one there is refused, and told so', async () => {
    const real = secret;
    secret = Buffer.from('another secret of the same length').toString('base64');
    const wrong = [change(api, home, dr)];
    await expect(zones.update(access(), wrong)).rejects.toMatchObject({ type: 'dns-key-refused' });
    expect(await zones.tryKey(access())).toMatchObject({
      ok: false,
      isSilent: false,
      said: expect.stringContaining('BADSIG') as string,
    });
    await expect(zones.count(access())).rejects.toMatchObject({ type: 'dns-key-refused' });
    secret = real;
    const unknown = access({ name: 'nobodys-key.' });
    expect(await zones.tryKey(unknown)).toMatchObject({ ok: false, said: expect.stringContaining('BADKEY') as string });
    await expect(zones.update(unknown, wrong)).rejects.toThrow(/^ns1 said: BADKEY/);
    expect(names.servers[0].dig(api.name, 'CNAME')).toEqual(['prod-api.shodo.test.']);
  });

  test('a longer signature holds too', async () => {
    const long = access({ name: 'long-key.', algorithm: 'hmac-sha512' });
    expect(await zones.tryKey(long)).toEqual({ ok: true, of: 'key' });
    expect([await zones.count(long), await zones.update(long, [change(api, home, dr)])]).toEqual([13, 'done']);
    expect(await zones.update(long, [change(api, dr, home)])).toBe('done');
  });

  test('a transfer of many messages is verified to its end', async () => {
    for (let batch = 0; batch < 10; batch++) {
      const lines = Array.from(
        { length: 400 },
        (_, n) => `update add n${batch * 400 + n}.shodo.test. 2 TXT "${'x'.repeat(100)}"`,
      );
      names.nsupdate(...lines);
    }
    expect(await zones.count(access())).toBe(4_013);
  });
});
