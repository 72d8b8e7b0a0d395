/** The API as a process: it listens without Temporal, follows its inventory, and goes when it is told to. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../support/temporal-server.ts';
import { eventually } from '../support/eventually.ts';

const main = fileURLToPath(new URL('../../api/main.ts', import.meta.url));
const inventory = (person: string): string => `
version: 1
locale: en
people: [{ id: ${person}, name: P, roles: [operator, approver], token: { env: TOKEN_OF_TEST } }]
repositories: [{ id: local, kind: directory, path: ./b }]
targets: [{ id: tools, kind: tool-store, root: ./p, repositories: [local] }]
`;

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-main-'));
  writeFileSync(join(folder, 'okiagari.yaml'), inventory('first'));
});
afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

async function run(variables: Record<string, string> = {}) {
  const out: string[] = [];
  child = spawn(process.execPath, [main], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      TOKEN_OF_TEST: 'canary-token',
      OKIAGARI_API_PORT: '0',
      TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}`,
      ...variables,
    },
  });
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => void out.push(chunk.toString()));
  const said = () => out.join('');
  return { said, exited: once(child, 'exit') as Promise<[number | null]> };
}
const addressOf = async (said: () => string): Promise<string> => {
  await eventually(said).toContain('the API listens');
  return /"address":"([^"]+)"/.exec(said())![1]!;
};
const whoami = async (address: string) =>
  (await fetch(`${address}/v1/scenarios`, { headers: { authorization: 'Bearer canary-token' } })).status;

describe('the process', () => {
  test('listens while Temporal is away, says where, and ends with 0 at SIGTERM', async () => {
    const { said, exited } = await run();
    const address = await addressOf(said);
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    expect((await fetch(`${address}/readyz`)).status).toBe(503);
    expect(await whoami(address)).toBe(200);
    child!.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
    expect(said()).not.toContain('canary-token');
    expect(readFileSync(join(folder, '.okiagari/signing-key.pub.pem'), 'utf8')).toContain('PUBLIC KEY');
  });

  test('follows its inventory, and keeps the old one while the file is wrong', async () => {
    const { said } = await run();
    const address = await addressOf(said);
    writeFileSync(join(folder, 'okiagari.yaml'), 'version: 7\n');
    await eventually(said).toContain('the changed inventory is refused');
    expect(await whoami(address)).toBe(200);
    writeFileSync(join(folder, 'okiagari.yaml'), inventory('second').replace('TOKEN_OF_TEST', 'TOKEN_OF_NOBODY'));
    await eventually(() => whoami(address)).toBe(401);
    await eventually(said).toContain('second cannot sign in');
  });
});

describe('what stops the boot is said in words, without a stack', () => {
  const stops = async (variables: Record<string, string>, words: RegExp) => {
    const { said, exited } = await run(variables);
    expect((await exited)[0]).toBe(1);
    await eventually(said).toMatch(words);
    expect(said()).not.toMatch(/\bat .*\.ts:\d+/);
  };

  test('a wrong variable', () => stops({ OKIAGARI_API_PORT: 'eighty' }, /^OKIAGARI_API_PORT: /m));
  test('a wrong inventory', async () => {
    writeFileSync(join(folder, 'okiagari.yaml'), inventory('NOT A SLUG'));
    await stops({}, /line \d+: people\.0\.id: /);
  });
  test('no inventory', () => stops({ OKIAGARI_INVENTORY: './nope.yaml' }, /nope\.yaml is refused:[\s\S]*cannot be read/));
  test('a signing key that is none', async () => {
    writeFileSync(join(folder, 'bad.pem'), 'nothing');
    await stops({ OKIAGARI_SIGNING_KEY: join(folder, 'bad.pem') }, /^OKIAGARI_SIGNING_KEY: .*holds no Ed25519/m);
  });
  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      await stops({ OKIAGARI_API_PORT: String((other.address() as AddressInfo).port) }, /OKIAGARI_API_PORT: cannot listen/);
    } finally {
      other.close();
    }
  });
});
