/** Zones on real servers, by one suite for BIND and Knot as primaries for a file that BIND loads, and for a small Route 53, held against what dig says. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCommandRunner } from '../../adapters/process/run-command.ts';
import { createDnsZones } from '../../adapters/dns/dns-zones.ts';
import type { RecordChange, ZoneAccess } from '../../activities/ports/dns-zones.ts';
import { recordSet, type Place } from '../../domain/dns/records.ts';
import { eventually } from '../support/eventually.ts';
import { route53Secret, startFakeRoute53, type FakeRoute53 } from '../support/dns/route53.ts';
import { startNameServers, zone, type NameServers } from '../support/dns/servers.ts';

const api: Place = { id: 'api', name: 'api.shodo.test.', type: 'CNAME' };
const www: Place = { id: 'www', name: 'www.shodo.test.', type: 'A' };
const six: Place = { id: 'six', name: 'six.shodo.test.', type: 'AAAA' };
const home = recordSet('CNAME', 2, ['prod-api.shodo.test']);
const dr = recordSet('CNAME', 2, ['dr-api.shodo.test']);

describe.each([
  ['bind', 'updates'],
  ['knot', 'updates'],
  ['bind', 'file'],
  ['bind', 'route53'],
] as const)('a zone whose primary is %s and takes %s', (kind, from) => {
  const isUpdate = from === 'updates';
  let names: NameServers;
  let route53: FakeRoute53 | undefined;
  let secret = '';
  const zones = createDnsZones((ref) => (from === 'route53' ? route53Secret(ref) : secret), createCommandRunner());
  const access = (): ZoneAccess => ({
    zone,
    servers: names.servers.map(({ id, host, port }) => ({ id, host, port })),
    provider: {
      updates: {
        kind: 'rfc2136',
        key: { name: `${names.key.name}.`, algorithm: 'hmac-sha256', secret: { env: 'KEY' } },
      },
      file: { kind: 'file', path: names.zoneFile.path, reload: [...names.zoneFile.reload] },
      route53: route53?.provider ?? ({} as never),
    }[from] as ZoneAccess['provider'],
  });
  const look = (places: readonly Place[], n = 0) => zones.lookAtServer(zone, access().servers[n]!, places);
  const change = (place: Place, before: RecordChange['before'], after: RecordChange['after']): RecordChange => ({
    ...place,
    before,
    after,
  });

  beforeAll(async () => {
    names = await startNameServers(kind, from === 'file' ? 'file' : 'updates');
    if (from === 'route53') route53 = await startFakeRoute53(names, zone);
    secret = names.key.secret;
  });
  afterAll(async () => {
    await route53?.stop();
    await names.stop();
  });

  test('tells its serial and its record sets, and what is not there', async () => {
    expect(await look([api, www, six])).toEqual({
      server: 'ns1',
      answers: true,
      serial: names.serial(),
      negativeTtl: 2,
      sets: [home, recordSet('A', 2, ['192.0.2.11', '192.0.2.10']), null],
    });
    await eventually(() => look([api], 1)).toMatchObject({ server: 'ns2', sets: [home] });
  });

  test('is counted, as dig counts it', async () => {
    expect(await zones.count(access())).toBe(13);
    expect(await zones.tryKey(access())).toEqual({ ok: true, of: { updates: 'key', file: 'file', route53: 'account' }[from] });
  });

  test('is changed in one step, seen by dig at both servers, its serial up by one', async () => {
    const before = names.serial();
    const changes = [
      change(api, home, dr),
      change(www, recordSet('A', 2, ['192.0.2.10', '192.0.2.11']), recordSet('A', 5, ['198.51.100.10'])),
      change(six, null, recordSet('AAAA', 5, ['2001:DB8:0::10'])),
    ];
    expect(await zones.update(access(), changes)).toBe('done');
    expect(names.serial()).toBe(before + 1);
    for (const server of names.servers) {
      await eventually(() => server.dig(api.name, 'CNAME')).toEqual(['dr-api.shodo.test.']);
      await eventually(() => server.dig(www.name, 'A')).toEqual(['198.51.100.10']);
      await eventually(() => server.dig(six.name, 'AAAA')).toEqual(['2001:db8::10']);
    }
    expect(await look([api, www, six])).toMatchObject({ sets: changes.map(({ after }) => after) });
    // Whoever can compare with what is wanted too finds no conflict where it stands already.
    expect(await zones.update(access(), changes)).toBe(isUpdate ? 'not-as-before' : 'done');
    expect(names.serial()).toBe(before + 1);
    const back = changes.map((one) => ({ ...one, before: one.after, after: one.before }));
    expect(await zones.update(access(), back)).toBe('done');
    expect([names.serial(), names.servers[0].dig(six.name, 'AAAA')]).toEqual([before + 2, []]);
  });

  test('a record that somebody else changed meanwhile is refused, whole', async () => {
    names.nsupdate(`update delete ${api.name} CNAME`, `update add ${api.name} 2 CNAME elsewhere.shodo.test.`);
    const serial = names.serial();
    const www2 = change(www, recordSet('A', 2, ['192.0.2.10', '192.0.2.11']), recordSet('A', 2, ['198.51.100.10']));
    expect(await zones.update(access(), [change(api, home, dr), www2])).toBe('not-as-before');
    expect(
      await zones.update(access(), [change({ ...six, name: www.name, type: 'A' }, null, recordSet('A', 2, ['192.0.2.9']))]),
    ).toBe('not-as-before');
    expect([names.serial(), names.servers[0].dig(api.name, 'CNAME')]).toEqual([serial, ['elsewhere.shodo.test.']]);
    names.nsupdate(`update delete ${api.name} CNAME`, `update add ${api.name} 2 CNAME prod-api.shodo.test.`);
  });

  test('a TTL alone is changed, once', async () => {
    const serial = names.serial();
    const lower = [change(api, home, { ...home, ttl: 1 })];
    expect(await zones.update(access(), lower)).toBe('done');
    expect(await look([api])).toMatchObject({ serial: serial + 1, sets: [{ ttl: 1 }] });
    await zones.update(access(), lower);
    expect(names.serial()).toBe(serial + 1);
    await zones.update(access(), [change(api, { ...home, ttl: 1 }, home)]);
  });

  test('a name outside of it is refused', async () => {
    const outside = change({ ...api, name: 'api.other.test.' }, null, dr);
    await expect(zones.update(access(), [outside])).rejects.toMatchObject({
      type: from === 'file' ? 'zone-file-refused' : 'dns-refused',
    });
  });

  test('the resolver keeps what it was told until its time is over', async () => {
    const { id, host, port } = names.resolver;
    const ask = () => zones.lookAtResolver({ id, host, port }, [api]);
    await eventually(ask).toMatchObject({ server: 'cache', sets: [{ values: home.values }] });
    await zones.update(access(), [change(api, home, dr)]);
    await eventually(ask).toMatchObject({ sets: [{ values: dr.values }] });
    await zones.update(access(), [change(api, dr, home)]);
  });

  test('silence and ignorance are told, never thrown', async () => {
    const other = { id: 'x', host: '127.0.0.1', port: names.resolver.port };
    expect(await zones.lookAtServer('other.test.', access().servers[0]!, [api])).toMatchObject({
      answers: false,
      why: 'not-serving',
    });
    expect(await zones.lookAtServer(zone, other, [api])).toMatchObject({ answers: false, why: 'not-serving' });
    await names.servers[1].stop();
    expect(await look([api], 1)).toEqual({ server: 'ns2', answers: false, why: 'unreachable', said: 'ECONNREFUSED' });
    const gone = { ...access(), servers: [access().servers[1]!] };
    await expect(zones.update(gone, [change(api, home, dr)])).rejects.toMatchObject({ type: 'dns-silent' });
    expect(await zones.tryKey(gone)).toMatchObject(isUpdate ? { ok: false, isSilent: true } : { ok: true });
  });
});
