/** A real HAProxy is looked at and set: what was set is read back, what it refuses is told in its own words, and a restart keeps what was saved. */
import { chmodSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHaproxy } from '../../adapters/haproxy/haproxy.ts';
import { isLive, type LiveProxy } from '../../domain/traffic/words.ts';
import { countBy, get } from '../support/haproxy/client.ts';
import { startProxies, type TestProxies, type TestProxy } from '../support/haproxy/proxy.ts';
import { eventually } from '../support/eventually.ts';
import { trafficContract } from '../support/traffic-contract.ts';

const traffic = createHaproxy();
let bed: TestProxies;
let a: TestProxy;
beforeAll(async () => {
  bed = await startProxies();
  a = bed.proxies[0]!;
});
afterAll(() => bed.stop());
beforeEach(async () => {
  await a.ask(
    'set server be/prod weight 100; set server be/prod state ready; set server be/dr weight 0; set server be/dr state ready',
  );
  Object.assign(bed.dr, { mode: 'well', health: 'well' });
  await eventually(async () => (await look()).servers.map(({ isUp }) => isUp)).toEqual([true, true]);
});

async function look(): Promise<LiveProxy> {
  const report = await traffic.look(a, 'be');
  if (!isLive(report)) throw new Error(report.said);
  return report;
}
const server = async (name: string) => (await look()).servers.find((one) => one.server === name)!;

describe('a look', () => {
  test('tells weights, states and health of the servers, and what we may do', async () => {
    const { level, servers, saved } = await look();
    expect(level).toBe('admin');
    expect(servers).toMatchObject([
      { server: 'prod', weight: 100, initial: 100, state: 'ready', isUp: true, sessions: 0 },
      { server: 'dr', weight: 0, initial: 0, state: 'ready', isUp: true, sessions: 0 },
    ]);
    expect(saved).toEqual([]);
    const report = await traffic.look({ id: 'a', host: '127.0.0.1', port: a.operatorPort }, 'be');
    expect(report).toMatchObject({ answers: true, level: 'operator' });
    expect(report).not.toHaveProperty('saved');
  });
  test('counts requests, failures and time', async () => {
    await a.ask('set server be/dr weight 100; set server be/prod state drain');
    const before = await server('dr');
    for (let n = 0; n < 6; n++) await get(a);
    bed.dr.mode = 'fails';
    for (let n = 0; n < 4; n++) await get(a);
    const after = await server('dr');
    expect([after.requests - before.requests, after.failed - before.failed]).toEqual([10, 4]);
    bed.dr.mode = 'slow';
    for (let n = 0; n < 3; n++) await get(a);
    expect((await server('dr')).latencyMs).toBeGreaterThan(after.latencyMs + 50);
  });
  test('tells of a server that is down, drained, in maintenance, and of a request under way', async () => {
    bed.dr.health = 'fails';
    await eventually(async () => (await server('dr')).isUp).toBe(false);
    const held = get(a, '/held');
    await eventually(async () => (await server('prod')).sessions).toBe(1);
    await a.ask('set server be/prod state drain; set server be/dr state maint');
    expect([(await server('prod')).state, (await server('prod')).isUp, (await server('dr')).state]).toEqual([
      'drain',
      true,
      'maint',
    ]);
    bed.home.release();
    expect((await held).status).toBe(200);
  });
  test('never throws: no such backend, nobody there, one that is frozen', async () => {
    expect(await traffic.look(a, 'nope')).toMatchObject({ answers: false, said: "nope: Can't find backend." });
    expect(await traffic.look({ id: 'a', socket: `${a.socket}.not` }, 'be')).toMatchObject({
      answers: false,
      why: 'unreachable',
    });
    a.signal('SIGSTOP');
    const report = await traffic.look(a, 'be');
    a.signal('SIGCONT');
    expect(report).toMatchObject({ answers: false, why: 'unreachable', said: 'no answer within 2 s' });
  });
});

test('where bytes are passed on, sessions are counted', async () => {
  const passing = await startProxies({ mode: 'tcp' });
  try {
    const [proxy] = passing.proxies as [TestProxy];
    const counted = async () => {
      const report = await traffic.look(proxy, 'be');
      if (!isLive(report)) throw new Error(report.said);
      const { requests, failed } = report.servers[0]!;
      return { requests, failed };
    };
    for (let n = 0; n < 3; n++) expect((await get(proxy)).by).toBe('home');
    await eventually(counted).toEqual({ requests: 3, failed: 0 });
  } finally {
    await passing.stop();
  }
});

describe('settings', () => {
  test('divide requests as set', async () => {
    await traffic.set(a, 'be', [
      { server: 'dr', weight: 25, state: 'ready' },
      { server: 'prod', weight: 75, state: 'ready' },
    ]);
    expect(await a.split()).toBe('prod 75 ready, dr 25 ready');
    const answers = [];
    for (let n = 0; n < 40; n++) answers.push(await get(a));
    expect(countBy(answers)).toEqual({ home: 30, dr: 10 });
  });
  test('twice are fine; a drained server takes nothing new and a ready one does again', async () => {
    for (let n = 0; n < 2; n++) await traffic.set(a, 'be', [{ server: 'dr', weight: 100, state: 'ready' }]);
    for (let n = 0; n < 2; n++) await traffic.set(a, 'be', [{ server: 'prod', weight: 0, state: 'drain' }]);
    expect([await a.split(), (await get(a)).by]).toEqual(['prod 0 drain, dr 100 ready', 'dr']);
    await traffic.set(a, 'be', [{ server: 'prod', weight: 100, state: 'ready' }]);
    await traffic.set(a, 'be', [{ server: 'dr', weight: 0, state: 'drain' }]);
    expect((await get(a)).by).toBe('home');
  });
  test('that it refuses fail in its own words', async () => {
    const set = (proxy: Parameters<typeof traffic.set>[0], name: string, weight: number) =>
      traffic.set(proxy, 'be', [{ server: name, weight, state: 'ready' }]);
    await expect(set(a, 'nope', 1)).rejects.toMatchObject({
      type: 'proxy-refused',
      message: expect.stringContaining('No such server.'),
    });
    await expect(set(a, 'dr', 300)).rejects.toThrow('a said: Absolute weight can only be between 0 and 256');
    await expect(set({ id: 'a', host: '127.0.0.1', port: a.operatorPort }, 'dr', 1)).rejects.toThrow('Permission denied');
    await expect(set({ id: 'a', socket: `${a.socket}.not` }, 'dr', 1)).rejects.toMatchObject({ type: 'proxy-refused' });
    expect(await a.split()).toBe('prod 100 ready, dr 0 ready');
  });
});

describe('a state that is saved', () => {
  test('is there again after a restart, weights and states; unsaved it is lost', async () => {
    await traffic.set(a, 'be', [{ server: 'dr', weight: 90, state: 'ready' }]);
    await traffic.set(a, 'be', [{ server: 'prod', weight: 10, state: 'drain' }]);
    await traffic.save(a);
    expect((await look()).saved).toEqual([
      { server: 'prod', weight: 10, state: 'drain' },
      { server: 'dr', weight: 90, state: 'ready' },
    ]);
    await a.kill();
    await a.start();
    expect(await a.split()).toBe('prod 10 drain, dr 90 ready');
    rmSync(a.stateFile);
    await a.kill();
    await a.start();
    expect(await a.split()).toBe('prod 100 ready, dr 0 ready');
  });
  test('keeps owner and mode of its file, and leaves nothing half written', async () => {
    writeFileSync(a.stateFile, '');
    chmodSync(a.stateFile, 0o640);
    await traffic.save(a);
    expect([statSync(a.stateFile).mode & 0o777, readFileSync(a.stateFile, 'utf8').split('\n')[0]]).toEqual([0o640, '1']);
  });
  test('is written through no link, into no folder that is not there', async () => {
    rmSync(a.stateFile);
    symlinkSync('/tmp/nowhere', a.stateFile);
    await expect(traffic.save(a)).rejects.toThrow('is no regular file');
    rmSync(a.stateFile);
    const away = { ...a, stateFile: '/nowhere/state' };
    await expect(traffic.save(away)).rejects.toThrow('/nowhere/state cannot be written (ENOENT)');
  });
});

describe('as every place', () => {
  trafficContract(() => ({
    traffic,
    place: a,
    backend: 'be',
    silence: () => a.signal('SIGSTOP'),
    speak: () => a.signal('SIGCONT'),
  }));
});
