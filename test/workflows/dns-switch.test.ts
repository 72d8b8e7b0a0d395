/** dns-switch on real servers: over when users see it, refused where the zone is not what people approved, taken back exactly. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RecoveryState, Waiting } from '../../domain/recovery.ts';
import { startProbe } from '../support/dns/probe.ts';
import { moreSwitches, switches } from '../support/dns/settings.ts';
import { startDnsStack, type DnsBed, type DnsStack } from '../support/dns/stack.ts';
import { eventually } from '../support/eventually.ts';
import { outcomesOf } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: DnsStack;

openForFile(async (server) => (stack = await startDnsStack(server)));

const scenario = 'dns-switch';
const toDr = { side: 'dr' };
const approve = (id: string, gate = 'dns') => stack.approve(id, gate);
const names = (state: RecoveryState): string[] => outcomesOf(state).map(([name]) => name);
const step = (state: RecoveryState, name: string) => state.steps.find((one) => one.name === name);
const apiAt = ({ servers }: DnsBed): string[] => servers.map((one) => one.dig('api.shodo.test', 'CNAME').join());
const home = 'prod-api.shodo.test.';
const dr = 'dr-api.shodo.test.';

describe('an outage', () => {
  test('leads users over and back; over is not said before the resolver says so, and the serial counts once each', async () => {
    const bed = await stack.zone();
    const before = bed.serial();
    const probe = startProbe(bed.resolver, 'api.shodo.test');
    await eventually(() => probe.heard.length).toBe(1);
    const id = await bed.recover({ scenario, input: toDr });
    const gate = await approve(id);
    expect(gate.plan).toMatchObject({
      size: { items: 2, share: 2 / 13 },
      counts: { overwrite: 2 },
      changes: [{ path: 'api.shodo.test. CNAME', before: `${home} (2 s)`, after: `${dr} (2 s)` }, { action: 'overwrite' }],
    });
    const state = await stack.result(id);
    await stack.record(id, scenario);
    await probe.stop();
    expect([state.status, state.objectives.rpoAchieved]).toEqual(['recovered', 0]);
    expect(outcomesOf(state)).toEqual(
      [
        ...['hold target', 'assess', 'switch', 'see it at the servers', 'wait until nobody keeps the old answer'],
        ...['see it at the resolvers', 'verify'],
      ].map((name) => [name, 'done']),
    );
    expect(probe.heard.map(({ answer }) => answer)).toEqual([home.slice(0, -1), dr.slice(0, -1)]);
    expect(Date.parse(step(state, 'verify')!.endedAt!)).toBeGreaterThan(probe.heard[0]!.last);
    expect(Date.parse(step(state, 'verify')!.endedAt!)).toBeGreaterThan(probe.heard[1]!.first);
    expect([apiAt(bed), bed.serial()]).toEqual([[dr, dr], before + 1]);
    const back = await bed.recover({ scenario, input: { side: 'home' } });
    await approve(back);
    expect((await stack.result(back)).status).toBe('recovered');
    expect([apiAt(bed), bed.resolved(), bed.serial()]).toEqual([[home, home], [home], before + 2]);
    const again = await bed.recover({ scenario, input: { side: 'home' } });
    const idle = await stack.result(again);
    expect([idle.status, step(idle, 'switch')?.outcome, bed.serial()]).toEqual(['recovered', 'already-done', before + 2]);
  });

  test('is not over while a server is silent: 1 of 2, until it is back', async () => {
    const bed = await stack.zone({ more: { limits: { spreadSeconds: 1 } } });
    await bed.servers[1].stop();
    const id = await bed.recover({ scenario, input: toDr });
    await approve(id);
    const failed = await stack.gate(id, 'failed:see it at the servers');
    expect(failed.error).toMatchObject({ code: 'not-everywhere' });
    expect(failed.title.en).toBe('1 of 2 authoritative answer anew. ns2 does not answer (ECONNREFUSED).');
    expect([failed.breakGlass, failed.need]).toEqual([true, 2]);
    await bed.servers[1].start();
    await eventually(() => apiAt(bed)).toEqual([dr, dr]);
    await stack.decide(id, failed, 'hana', 'retry');
    const state = await stack.result(id);
    await stack.record(id, `${scenario}.one-of-two`);
    expect([state.status, apiAt(bed)]).toEqual(['recovered', [dr, dr]]);
    expect(step(state, 'see it at the servers')?.sentence.en).toBe('2 of 2 authoritative answer anew.');
  });

  /** Stopped at the servers, because one of them is silent. */
  async function withOneSilent(): Promise<{ bed: DnsBed; id: string; failed: Waiting }> {
    const bed = await stack.zone({ more: { limits: { spreadSeconds: 1 } } });
    await bed.servers[1].stop();
    const id = await bed.recover({ scenario, input: toDr });
    await approve(id);
    return { bed, id, failed: await stack.gate(id, 'failed:see it at the servers') };
  }

  test('goes on without a server and a resolver that are lost when people say so: two for the server', async () => {
    const { bed, id, failed } = await withOneSilent();
    await bed.resolver.stop();
    await stack.decide(id, failed, 'ren', 'skip');
    await stack.decide(id, failed, 'mio', 'skip');
    const unseen = await stack.gate(id, 'failed:see it at the resolvers');
    expect([unseen.error?.code, unseen.title.en]).toEqual([
      'not-seen',
      '0 of 1 resolvers answer anew. cache does not answer (ECONNREFUSED).',
    ]);
    await stack.decide(id, unseen, 'hana', 'skip');
    const state = await stack.result(id);
    await stack.record(id, `${scenario}.given-up`);
    expect([state.status, step(state, 'see it at the servers')?.outcome]).toEqual(['recovered', 'skipped']);
  });

  test('is never verified while one of them says something else, whoever was given up on', async () => {
    const { bed, id, failed } = await withOneSilent();
    bed.nsupdate('update delete api.shodo.test. CNAME', 'update add api.shodo.test. 2 CNAME mail.shodo.test.');
    for (const person of ['ren', 'mio']) await stack.decide(id, failed, person, 'skip');
    await stack.decide(id, await stack.gate(id, 'failed:see it at the resolvers'), 'hana', 'skip');
    const refused = await stack.gate(id, 'failed:verify');
    expect(refused.title.en).toContain('ns1 still says mail.shodo.test. (2 s).');
    await stack.decide(id, refused, 'hana', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
  });

  test('is resumed after the key is mended in the inventory, and was never asked about twice', async () => {
    const bed = await stack.zone();
    const id = await bed.recover({ scenario, input: toDr });
    await stack.gate(id, 'dns');
    bed.setSecret(Buffer.from('a wrong secret').toString('base64'));
    await approve(id);
    const failed = await stack.gate(id, 'failed:switch');
    expect([failed.error?.code, failed.error?.sentence.en]).toEqual([
      'dns-key-refused',
      'ns1 said: BADSIG: the secret is another one there',
    ]);
    expect(apiAt(bed)).toEqual([home, home]);
    bed.setSecret(bed.key.secret);
    await stack.decide(id, failed, 'hana', 'retry');
    const state = await stack.result(id);
    await stack.record(id, `${scenario}.wrong-key`);
    expect([state.status, apiAt(bed)]).toEqual(['recovered', [dr, dr]]);
    expect((await stack.ledger(id)).filter((entry) => entry.event === 'gate' && entry.state === 'open')).toHaveLength(2);
  });
});

test('a record that somebody edits while people look at the plan is planned and approved again', async () => {
  const bed = await stack.zone();
  const id = await bed.recover({ scenario, input: toDr });
  const first = await stack.gate(id, 'dns');
  bed.nsupdate('update delete api.shodo.test. CNAME', 'update add api.shodo.test. 1 CNAME mail.shodo.test.');
  await stack.decide(id, first, 'ren', 'approve');
  await stack.until(id, ({ waitingFor }) => waitingFor[0] !== undefined && waitingFor[0].digest !== first.digest);
  const second = await stack.gate(id, 'dns');
  expect(second.plan?.changes[0]).toMatchObject({ before: 'mail.shodo.test. (1 s)' });
  await stack.decide(id, second, 'ren', 'approve');
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.planned-again`);
  expect([state.status, apiAt(bed)]).toEqual(['recovered', [dr, dr]]);
});

test('planned, the TTL is lowered and waited out first, and is the declared one afterwards', async () => {
  const more = { lowered: 1, switches: switches.map((one) => ({ ...one, ttl: 3 })) };
  const bed = await stack.zone({ more });
  bed.nsupdate('update delete api.shodo.test. CNAME', `update add api.shodo.test. 3 CNAME ${home}`);
  const before = bed.serial();
  const ttls = (): string[] => bed.servers.map((one) => one.ttl('api.shodo.test', 'CNAME'));
  const id = await bed.recover({ scenario, input: { ...toDr, planned: true } });
  const gate = await stack.gate(id, 'dns');
  expect([ttls(), apiAt(bed), bed.serial()]).toEqual([['1', '1'], [home, home], before + 1]);
  expect(gate.plan?.changes[0]).toMatchObject({ before: `${home} (1 s)`, after: `${dr} (1 s)` });
  await stack.decide(id, gate, 'ren', 'approve');
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.planned`);
  expect(state.status).toBe('recovered');
  expect(names(state)).toEqual([
    ...['hold target', 'assess', 'lower the TTL', 'see the lower TTL', 'wait out the old TTL', 'switch', 'see it at the servers'],
    ...['wait until nobody keeps the old answer', 'see it at the resolvers', 'restore the TTL', 'verify'],
  ]);
  expect(step(state, 'wait out the old TTL')?.sentence.en).toBe('Somebody may keep the old answer for 3 s.');
  expect([apiAt(bed), ttls(), bed.serial()]).toEqual([[dr, dr], ['3', '3'], before + 3]);
});

test('taken back, every record set is what it was, with its TTL; and what somebody changed since is kept', async () => {
  const bed = await stack.zone({ more: { limits: { spreadSeconds: 1 } } });
  bed.nsupdate('update delete www.shodo.test. A', 'update add www.shodo.test. 77 A 192.0.2.99');
  await bed.servers[1].stop();
  const before = bed.serial();
  const id = await bed.recover({ scenario, input: toDr });
  await approve(id);
  const failed = await stack.gate(id, 'failed:see it at the servers');
  expect(bed.serial()).toBe(before + 1);
  bed.nsupdate('update delete api.shodo.test. CNAME', 'update add api.shodo.test. 1 CNAME mail.shodo.test.');
  await stack.decide(id, failed, 'hana', 'roll-back');
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.rolled-back`);
  expect(state.status).toBe('rolled-back');
  expect(step(state, 'switch')).toMatchObject({ outcome: 'undone', sentence: { en: 'Undone: restored www, kept api.' } });
  const [primary] = bed.servers;
  expect([primary.dig('www.shodo.test', 'A'), primary.ttl('www.shodo.test', 'A')]).toEqual([['192.0.2.99'], '77']);
  expect([primary.dig('api.shodo.test', 'CNAME'), bed.serial()]).toEqual([['mail.shodo.test.'], before + 3]);
});

test('more than 30 % of a zone is refused unless it is meant', async () => {
  const bed = await stack.zone({ more: { switches: [...switches, ...moreSwitches] } });
  const id = await bed.recover({ scenario, input: toDr });
  const failed = await stack.gate(id, 'failed:switch');
  expect([failed.error?.code, failed.title.en]).toEqual([
    'too-much-of-zone',
    'It touches 4 of 13 record sets of shodo.test., 31 %, and 30 % are allowed.',
  ]);
  await stack.decide(id, failed, 'hana', 'amend', { input: { force: true } });
  await stack.decide(id, await stack.gate(id, 'dns'), 'ren', 'reject');
  expect((await stack.result(id)).status).toBe('stopped');
  await stack.record(id, `${scenario}.rejected`);
  expect(apiAt(bed)).toEqual([home, home]);
});

test('a side that nobody declared is a failed step, amended by a person; a dry run touches nothing', async () => {
  const bed = await stack.zone({ primary: 'knot' });
  const before = bed.serial();
  const dry = await bed.recover({ scenario, input: { ...toDr, planned: true }, mode: 'dry-run' });
  const planned = await stack.result(dry);
  await stack.record(dry, `${scenario}.dry-run`);
  expect([planned.status, bed.serial(), apiAt(bed)]).toEqual(['planned', before, [home, home]]);
  const id = await bed.recover({ scenario, input: { side: 'moon', switches: ['api'] } });
  const failed = await stack.gate(id, 'failed:assess');
  expect(failed.title.en).toBe('api has no side moon; it has home, dr.');
  await stack.decide(id, failed, 'hana', 'amend', { input: { side: 'dr', switches: ['api'] } });
  await approve(id);
  const state = await stack.result(id);
  expect([state.status, apiAt(bed), bed.serial()]).toEqual(['recovered', [dr, dr], before + 1]);
  expect(bed.servers[0].dig('www.shodo.test', 'A').toSorted()).toEqual(['192.0.2.10', '192.0.2.11']);
});

test('a zone in a file is led over, and back by a roll-back, one serial each, the file as it was but for that', async () => {
  const bed = await stack.zone({ from: 'file', more: { limits: { spreadSeconds: 4 } } });
  const before = bed.serial();
  const id = await bed.recover({ scenario, input: toDr });
  await approve(id);
  const state = await stack.result(id);
  expect([state.status, apiAt(bed), bed.serial()]).toEqual(['recovered', [dr, dr], before + 1]);
  await bed.servers[1].stop();
  const back = await bed.recover({ scenario, input: { side: 'home' } });
  await approve(back);
  await stack.until(back, (now) => step(now, 'see it at the servers') !== undefined);
  await stack.client.workflow.getHandle(back).executeUpdate('cancel', { args: [{ by: 'hana', reason: 'enough' }] });
  expect((await stack.result(back)).status).toBe('rolled-back');
  expect([bed.servers[0].dig('api.shodo.test', 'CNAME'), bed.serial()]).toEqual([[dr], before + 3]);
  expect(readFileSync(bed.zoneFile.path, 'utf8')).toContain(
    '@ TXT "v=spf1 -all"\napi.shodo.test. 2 IN CNAME dr-api.shodo.test.\n',
  );
});

test('cancelled while the old TTL runs out, it is heard at once and everything is as before', async () => {
  const bed = await stack.zone({ more: { switches: switches.map((one) => ({ ...one, ttl: 300 })) } });
  bed.nsupdate('update delete api.shodo.test. CNAME', `update add api.shodo.test. 300 CNAME ${home}`);
  const id = await bed.recover({ scenario, input: toDr });
  await approve(id);
  await stack.until(id, (state) => step(state, 'wait until nobody keeps the old answer')?.outcome === 'waiting');
  await stack.client.workflow.getHandle(id).executeUpdate('cancel', { args: [{ by: 'hana', reason: 'enough' }] });
  expect((await stack.result(id)).status).toBe('rolled-back');
  expect([bed.servers[0].dig('api.shodo.test', 'CNAME'), bed.servers[0].ttl('api.shodo.test', 'CNAME')]).toEqual([[home], '300']);
});

test('cancelled while a server that is silent is waited for, it is heard at once and everything is as before', async () => {
  const bed = await stack.zone({ more: { limits: { spreadSeconds: 600 } } });
  await bed.servers[1].stop();
  const id = await bed.recover({ scenario, input: toDr });
  await approve(id);
  await stack.until(id, (state) => step(state, 'see it at the servers') !== undefined);
  await stack.client.workflow.getHandle(id).executeUpdate('cancel', { args: [{ by: 'hana', reason: 'enough' }] });
  const state = await stack.result(id);
  expect(state.status).toBe('rolled-back');
  expect(bed.servers[0].dig('api.shodo.test', 'CNAME')).toEqual([home]);
});
