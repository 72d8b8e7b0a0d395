/** A real PostgreSQL cluster that Patroni runs: one Patroni for each node, their lock in an etcd of their own. */
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findPatroni } from '../../../scripts/test-servers.mjs';
import type { Authority } from '../authority.ts';
import { passwords, roles as sqlRoles, secretOf, until, type TestCluster } from '../postgres/cluster.ts';
import { isPrimary } from '../postgres/questions.ts';
import { secure } from '../postgres/secured.ts';
import { giveToOwner, type TestServer } from '../postgres/server.ts';
import { callApi, type ApiAddress } from './api.ts';
import { startEtcd, type TestEtcd } from './etcd.ts';
import { basic, describeMember, restLogin, type Member, type Timing } from './member.ts';

interface ManagedNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly patroni: ApiAddress;
}

export interface PatroniCluster extends Pick<TestCluster, 'folder' | 'secret'> {
  /** The first is the leader at the beginning. */
  readonly members: readonly Member[];
  readonly etcd: TestEtcd;
  readonly authority?: Authority;
  /** As the inventory would declare them. */
  readonly nodes: readonly ManagedNode[];
  readonly roles: typeof sqlRoles & { readonly patroni: { readonly user: string; readonly password: { readonly env: string } } };
  /** Changes what Patroni decides by, and resolves when every member that lives knows. */
  configure(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Until the leader is this one and every other member that lives streams from it. */
  settled(leader: string, others: readonly string[]): Promise<void>;
  /** Whoever leads, once all others stream from it. */
  leader(): Promise<Member>;
  /** Asks for it and does not wait. */
  askToSwitchOver(from: Member, to: Member): void;
  stop(): Promise<void>;
}

interface Options extends Partial<Timing> {
  readonly standbys?: number;
  /** Every commit waits for a standby. */
  readonly isSynchronous?: boolean;
  /** Its REST APIs speak HTTPS alone, to those who show a certificate of its authority. */
  readonly isTls?: boolean;
}

const ids = ['a', 'b', 'c'];
/** A machine that is busy must not cost a leader its lock, where no test waits for that; Patroni 4 takes no less than these. */
const calm: Timing = { ttl: 30, loop_wait: 1, retry_timeout: 3 };
/** As short as a test may rely on it. */
export const soon = 8;

export async function startPatroni(options: Options = {}): Promise<PatroniCluster> {
  const { standbys = 1, isSynchronous = false, isTls = false, ...timing } = options;
  const binary = findPatroni();
  if (binary === undefined) throw new Error('No Patroni is installed. `npm test` installs it.');
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-patroni-'));
  giveToOwner(folder);
  mkdirSync(join(folder, 'archive'));
  giveToOwner(join(folder, 'archive'));
  const secured = isTls ? secure(folder) : undefined;
  const members: Member[] = [];
  const etcd = await startEtcd(folder);
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.kill()));
    await etcd.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const id of ids.slice(0, 1 + standbys)) {
      const place = { id, folder, store: etcd.port, timing: { ...calm, ...timing }, isSynchronous, secured };
      members.push(await describeMember(binary, place));
    }
    const [first, ...others] = members as [Member, ...Member[]];
    first.start();
    await until(first.server, 'select not pg_is_in_recovery()');
    await makeRoles(first.server);
    for (const member of others) member.start();
    const cluster: PatroniCluster = {
      ...{ folder, members, etcd, stop, ...(secured && { authority: secured.authority }) },
      roles: { ...sqlRoles, patroni: { user: restLogin.username, password: { env: 'PATRONI' } } },
      secret: secretOf,
      nodes: members.map(({ id, server, api: patroni }) => ({ id, host: '127.0.0.1', port: server.port, patroni })),
      async configure(settings) {
        const answers = await Promise.all(members.map((member) => change(member, settings)));
        if (!answers.includes(true)) throw new Error('no member of Patroni takes settings');
        for (const member of members) await eventually(() => knows(member, settings), `${member.id} does not take settings`);
      },
      async settled(leader, standing) {
        await eventually(
          () => isSettled(members, leader, standing),
          `${leader} does not lead ${standing.join(', ')}`,
          () => logs(folder),
        );
      },
      async leader() {
        let found: Member | undefined;
        await eventually(
          async () => (found = await leaderOf(members)) !== undefined,
          'nobody leads all others',
          () => logs(folder),
        );
        return found!;
      },
      askToSwitchOver(from, to) {
        const body = { leader: from.id, candidate: to.id };
        callApi(from.api, '/switchover', { login: basic, method: 'POST', body }).catch(() => undefined);
      },
    };
    await cluster.settled(
      'a',
      others.map(({ id }) => id),
    );
    return cluster;
  } catch (error) {
    const said = logs(folder);
    await stop();
    throw new Error(`Patroni does not come up:\n${said}`, { cause: error });
  }
}

/** Ours may look, and may not promote: that is for Patroni. */
async function makeRoles(server: TestServer): Promise<void> {
  await until(server, `select exists (select from pg_roles where rolname = 'repl')`);
  await server.sql(`create role okiagari login password '${passwords.control}' in role pg_monitor`);
}

async function change({ api }: Member, patch: object): Promise<boolean> {
  return callApi(api, '/config', { login: basic, method: 'PATCH', body: patch }).then(
    () => true,
    () => false,
  );
}

const ask = <T>(api: ApiAddress, path: string): Promise<T | undefined> => callApi<T>(api, path).catch(() => undefined);

async function knows({ api }: Member, settings: Readonly<Record<string, unknown>>): Promise<boolean> {
  const [config, own] = await Promise.all([
    ask<Record<string, unknown>>(api, '/config'),
    ask<{ pause?: boolean }>(api, '/patroni'),
  ]);
  if (config === undefined || own === undefined) return true;
  const isPaused = 'pause' in settings ? (own.pause ?? false) === settings['pause'] : true;
  return isPaused && Object.entries(settings).every(([name, value]) => typeof value === 'object' || config[name] === value);
}

interface ClusterWords {
  readonly members: readonly { readonly name: string; readonly role: string; readonly state: string }[];
}

const ready = ['running', 'streaming'];

async function isSettled(members: readonly Member[], leader: string, others: readonly string[]): Promise<boolean> {
  const one = members.find(({ id }) => id === leader)!;
  const said = await ask<ClusterWords>(one.api, '/cluster');
  const shown = [leader, ...others].map((id) => said?.members?.find(({ name }) => name === id));
  if (shown[0]?.role !== 'leader' || shown.some((member) => !ready.includes(member?.state ?? ''))) return false;
  const rows = await one.server.sql<{ name: string }>(
    `select application_name as name from pg_stat_replication where state = 'streaming'`,
  );
  const slots = await one.server.sql('select from pg_replication_slots where not active');
  return slots.length === 0 && others.every((other) => rows.some(({ name }) => name === other));
}

/** Asks the servers themselves: who was woken may call itself the leader for a moment. */
async function leaderOf(members: readonly Member[]): Promise<Member | undefined> {
  const answers = await Promise.all(members.map(({ server }) => isPrimary(server)));
  const [leader, ...more] = members.filter((_, at) => answers[at]);
  if (leader === undefined || more.length > 0) return undefined;
  const others = members.map(({ id }) => id).filter((id) => id !== leader.id);
  return (await isSettled(members, leader.id, others)) ? leader : undefined;
}

async function eventually(holds: () => Promise<boolean>, otherwise: string, more = (): string => ''): Promise<void> {
  for (let tries = 0; !(await holds().catch(() => false)); tries++) {
    if (tries > 600) throw new Error(`${otherwise}\n${more()}`);
    await delay(100);
  }
}

const logs = (folder: string): string =>
  ids
    .map((id) => {
      try {
        return `${id}: ${readFileSync(join(folder, `${id}.log`), 'utf8').slice(-3_000)}`;
      } catch {
        return '';
      }
    })
    .join('\n');
