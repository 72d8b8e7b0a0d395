/** The REST API of a real Patroni: what a look tells, what a request does, and what is refused, each in bounded time and without its password. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { PatroniNode } from '../../activities/ports/patroni.ts';
import { createPatroni } from '../../adapters/patroni/patroni-api.ts';
import { makeAuthority } from '../support/authority.ts';
import type { PatroniCluster as ToldCluster } from '../../domain/postgres/patroni/patroni-report.ts';
import { startPatroni, type PatroniCluster } from '../support/patroni/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { passwords, secretOf } from '../support/postgres/cluster.ts';
import { freePort } from '../support/temporal-server.ts';

let cluster: PatroniCluster;
beforeAll(async () => {
  cluster = await startPatroni({ isTls: true });
}, 120_000);
afterAll(() => cluster.stop());

const patroni = createPatroni(secretOf);
const slow = { timeout: 120_000 };
const nodeAt = (n: number): PatroniNode => cluster.nodes[n]!;
const elsewhere = (url: string, more?: Partial<PatroniNode['patroni']>): PatroniNode => ({ id: 'x', patroni: { url, ...more } });

async function told(n: number): Promise<ToldCluster | undefined> {
  const report = await patroni.look(nodeAt(n));
  return report.answers ? report.cluster : undefined;
}

describe('a look', () => {
  test('through any member tells the same cluster, how it elects, and what each node is', slow, async () => {
    const [byA, byB] = [await told(0), await told(1)];
    expect(byA).toMatchObject({
      isPaused: false,
      isSwitchoverScheduled: false,
      timing: { ttl: 30, loopWait: 1, retryTimeout: 3 },
      maximumLag: 1_048_576,
    });
    expect(byA!.members.map(({ name, role, mayLead }) => [name, role, mayLead])).toEqual([
      ['a', 'leader', true],
      ['b', 'replica', true],
    ]);
    expect(byB!.members.map(({ name, role }) => [name, role])).toEqual(byA!.members.map(({ name, role }) => [name, role]));
    expect(await patroni.look(nodeAt(1))).toMatchObject({ answers: true, state: 'running', isRestartPending: false });
  });

  test('tells maintenance mode and settings that wait for a restart', slow, async () => {
    await cluster.configure({ pause: true, postgresql: { parameters: { max_connections: 90 } } });
    await expect
      .poll(() => patroni.look(nodeAt(0)), { timeout: 15_000 })
      .toMatchObject({ isRestartPending: true, cluster: { isPaused: true } });
    await cluster.configure({ pause: false, postgresql: { parameters: { max_connections: 100 } } });
    await expect
      .poll(() => patroni.look(nodeAt(0)), { timeout: 15_000 })
      .toMatchObject({ isRestartPending: false, cluster: { isPaused: false } });
  });

  test('tells silence as what it is: nobody there, nobody who answers, somebody else', slow, async () => {
    expect(await patroni.look(elsewhere(`http://127.0.0.1:${await freePort()}`))).toEqual({
      ...{ node: 'x', answers: false, said: 'no answer (ECONNREFUSED)' },
    });
    const mute = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void mute.close());
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    expect(await patroni.look(elsewhere(`http://127.0.0.1:${port}`))).toMatchObject({
      answers: false,
      said: 'no answer within 2 s',
    });
    expect(await patroni.look(elsewhere(`http://127.0.0.1:${cluster.etcd.port}`))).toMatchObject({
      answers: false,
      said: 'it answers 404',
    });
  });
});

test('by https is trusted, and trusts us, in full or not at all, and the sentence says what is wrong', slow, async () => {
  const { url, tls } = cluster.nodes[0]!.patroni as Required<PatroniNode['patroni']>;
  const { folder, authority } = cluster;
  const stranger = makeAuthority(join(folder, 'stranger'));
  const said = async (more: Partial<PatroniNode['patroni']>, at = url): Promise<string> => {
    const node = elsewhere(at, { tls, ...more });
    const report = await patroni.look(node);
    if (report.answers) return 'it answers';
    // What a look is not told, a request does not send.
    await expect(patroni.lead(node, cluster.roles.patroni, { from: 'a', to: 'b' })).rejects.toMatchObject({
      ...{ type: 'patroni-refused', message: `Patroni of x said: ${report.said}` },
    });
    return report.said;
  };
  const showing = ({ certificate, key }: ReturnType<typeof stranger.issue>) => ({
    tls: { ca: tls.ca, client: { certificate: { file: certificate }, key: { file: key } } },
  });
  expect(await said({ tls: { ...tls, ca: { file: stranger.file } } })).toMatch(
    /^its certificate is from no authority in .*stranger\/ca\.crt \(SELF_SIGNED_CERT_IN_CHAIN\): add the one that signed it/,
  );
  expect(await said({ tls: undefined })).toMatch(/^its certificate is from no authority that this machine trusts .*in `tls`/);
  expect(await said({ tls: { ca: tls.ca } })).toMatch(/^it wants a certificate of ours .* as `tls\.client`$/);
  expect(await said(showing(stranger.issue('okiagari', join(folder, 'strange'))))).toMatch(
    /^it refuses our certificate in .*strange\.crt \(unknown ca\)/,
  );
  expect(await said(showing(authority!.issue('okiagari', join(folder, 'old'), 0)))).toMatch(
    /^it refuses our certificate in .*old\.crt \(certificate expired\): renew it/,
  );
  const soon = showing(authority!.issue('okiagari', join(folder, 'soon'), 5));
  expect(await patroni.look(elsewhere(url, soon))).toMatchObject({ certificate: { subject: join(folder, 'soon.crt') } });
  expect(await said({ tls: { ca: { file: join(folder, 'nowhere') } } })).toContain('nowhere cannot be read (ENOENT)');
  const byAddress = url.replace('localhost', '127.0.0.1');
  expect(await said({}, byAddress)).toMatch(/^its certificate is of DNS:localhost, not of 127\.0\.0\.1: .*`serverName`/);
  expect(await said({ serverName: 'localhost' }, byAddress)).toBe('it answers');

  const { certificate, key } = authority!.issue('localhost', join(folder, 'ended'), 0);
  const heard: unknown[] = [];
  const ended = createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (asked) => heard.push(asked.url));
  ended.listen(0, '127.0.0.1');
  onTestFinished(() => void ended.close());
  await once(ended, 'listening');
  const { port } = ended.address() as AddressInfo;
  expect(await said({}, `https://localhost:${port}`)).toBe('its certificate, or that of its authority, has expired: renew it');
  expect(heard).toEqual([]);
});

describe('a request', () => {
  const wish = { from: 'a', to: 'b' };
  const login = (env: string) => ({ user: 'patroni', password: { env } });
  const refusal = async (...asked: Parameters<typeof patroni.lead>): Promise<unknown> =>
    patroni.lead(...asked).then(
      () => 'it was taken',
      (error: unknown) => error,
    );

  test('without the login, or with another one, is refused, and no password is told', slow, async () => {
    for (const [as, words] of [
      [undefined, /it wants another login \(40[13]\)/],
      [login('PG'), /it wants another login \(40[13]\)/],
      [login('NOWHERE'), /\$NOWHERE is not there/],
    ] as const) {
      const error = await refusal(nodeAt(0), as, wish);
      expect(error).toMatchObject({ type: 'patroni-refused', message: expect.stringMatching(words) as string });
      expect(JSON.stringify([String(error), error])).not.toContain(passwords.control);
    }
    expect((await told(0))!.members[0]).toMatchObject({ name: 'a', role: 'leader' });
  });

  test('that Patroni cannot do is refused in its words', slow, async () => {
    const as = cluster.roles.patroni;
    expect(await refusal(nodeAt(0), as, { from: 'b', to: 'a' })).toMatchObject({
      type: 'patroni-refused',
      message: 'Patroni of a said: leader name does not match (412)',
    });
    expect(await refusal(nodeAt(0), as, { to: 'nobody' })).toMatchObject({ type: 'patroni-refused' });
    expect(await refusal(elsewhere(`http://127.0.0.1:${await freePort()}`), as, wish)).toMatchObject({ type: 'patroni-refused' });
  });

  test('moves the leader, and asked twice says that it is not there any more', slow, async () => {
    const as = cluster.roles.patroni;
    await patroni.lead(nodeAt(1), as, wish);
    await cluster.settled('b', ['a']);
    expect(await refusal(nodeAt(1), as, wish)).toMatchObject({ type: 'patroni-refused' });
    await expect.poll(async () => (await told(1))?.lastSwitch?.timeline, { timeout: 15_000 }).toBe(2);
    expect((await told(1))!.lastSwitch!.position).toMatch(/^0\/[0-9A-F]+$/);
  });
});

test('without its store Patroni answers, and tells nothing of the cluster', slow, async () => {
  await cluster.etcd.stop();
  // Until it has noticed, it tells what it knew.
  await eventually(() => patroni.look(nodeAt(0))).toMatchObject({ answers: true, cluster: undefined });
});
