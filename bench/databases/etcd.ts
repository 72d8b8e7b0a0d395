/** One etcd on free loopback ports: where Patroni keeps who leads, on a machine that outlives both database nodes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { owner } from '../../test/support/postgres/server.ts';
import { freePort } from '../../test/support/temporal-server.ts';

export interface Etcd {
  readonly port: number;
  /** Until the lease of whoever holds this key is renewed the next time. */
  renewed(key: string): Promise<void>;
}

/** Where Debian puts it. */
export const etcdProgram = '/usr/bin/etcd';

export async function startEtcd(folder: string, tidy: AsyncDisposableStack): Promise<Etcd> {
  const [port, peers] = [await freePort(), await freePort()];
  const address = (of: number): string => `http://127.0.0.1:${of}`;
  const flags = {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': address(port),
    'advertise-client-urls': address(port),
    'listen-peer-urls': address(peers),
    'initial-advertise-peer-urls': address(peers),
    'initial-cluster': `default=${address(peers)}`,
    'log-level': 'error',
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(etcdProgram, args, {
    ...owner,
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000)));
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  tidy.defer(async () => {
    const gone = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGKILL')) await gone;
    process.removeListener('exit', reap);
  });

  async function ask<T>(question: string, body: object): Promise<T> {
    const answer = await fetch(`${address(port)}/v3/${question}`, { method: 'POST', body: JSON.stringify(body) });
    return (await answer.json()) as T;
  }
  async function secondsLeft(key: string): Promise<number> {
    const found = await ask<{ kvs?: { lease: string }[] }>('kv/range', { key: Buffer.from(key).toString('base64') });
    const lease = found.kvs?.[0]?.lease;
    if (lease === undefined) return 0;
    return Number((await ask<{ TTL?: string }>('kv/lease/timetolive', { ID: lease })).TTL ?? 0);
  }
  for (let tries = 0; !(await fetch(`${address(port)}/health`).catch(() => undefined))?.ok; tries++) {
    if (child.exitCode !== null || tries > 400) throw new Error(`etcd does not start:\n${printed}`);
    await delay(25);
  }
  return {
    port,
    async renewed(key) {
      for (let before = await secondsLeft(key); ;) {
        await delay(50);
        const left = await secondsLeft(key);
        if (left > before) return;
        before = left;
      }
    },
  };
}
