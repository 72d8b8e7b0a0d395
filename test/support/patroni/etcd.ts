/** A real etcd as a child of the test, on free loopback ports: where Patroni keeps its lock. */
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findEtcd } from '../../../scripts/test-servers.mjs';
import { giveToOwner } from '../postgres/server.ts';
import { freePort } from '../temporal-server.ts';
import { startChild, type Child } from './child.ts';

export interface TestEtcd {
  readonly port: number;
  start(): Promise<void>;
  /** What it holds stays. */
  stop(): Promise<void>;
}

export async function startEtcd(parent: string): Promise<TestEtcd> {
  const binary = findEtcd();
  if (binary === undefined) throw new Error('No etcd is installed. `npm test` installs it.');
  const folder = join(parent, 'etcd');
  mkdirSync(folder, { mode: 0o700 });
  giveToOwner(folder);
  const port = await freePort();
  const [clients, peers] = [port, await freePort()].map((one) => `http://127.0.0.1:${one}`) as [string, string];
  let child: Child | undefined;
  const log = join(parent, 'etcd.log');
  const etcd: TestEtcd = {
    port,
    async start() {
      const args = [
        ...['--data-dir', folder, '--listen-client-urls', clients, '--advertise-client-urls', clients],
        ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `default=${peers}`],
      ];
      const words = openSync(log, 'a');
      const running = startChild(binary, args, ['ignore', 'ignore', words]);
      closeSync(words);
      child = running;
      for (let tries = 0; !(await isHealthy(clients)); tries++) {
        if (running.hasEnded() || tries > 800) {
          throw new Error(`etcd does not start:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
        }
        await delay(25);
      }
    },
    async stop() {
      await child?.kill();
    },
  };
  await etcd.start();
  return etcd;
}

const isHealthy = (address: string): Promise<boolean> =>
  fetch(`${address}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
