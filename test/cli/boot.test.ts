/** What keeps the service from starting is said in a sentence that names what to change. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BootError } from '../../cli/supervisor/boot-error.ts';
import { claimFolder } from '../../cli/supervisor/only-one.ts';
import { claimPort } from '../../cli/supervisor/ports.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-boot-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const wish = { host: '127.0.0.1', variable: 'OKIAGARI_API_PORT', what: 'the API' };

test('a port that is taken is named together with its variable', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const claim = claimPort({ ...wish, port });
  await expect(claim).rejects.toBeInstanceOf(BootError);
  await expect(claim).rejects.toThrow(new RegExp(`Port ${port} on 127.0.0.1.*the API.*taken[^]*OKIAGARI_API_PORT`));
  other.close();
});

test('port 0 becomes one that is free, and stays free for its user', async () => {
  const port = await claimPort({ ...wish, port: 0 });
  expect(port).toBeGreaterThan(0);
  const user = createServer().listen(port, '127.0.0.1');
  await once(user, 'listening');
  user.close();
});

test('a data folder has one supervisor; the one of a process that is gone does not count', () => {
  const release = claimFolder(folder);
  release();
  writeFileSync(join(folder, 'supervisor.pid'), '999999999');
  claimFolder(folder)();
  expect(() => readFileSync(join(folder, 'supervisor.pid'))).toThrow('ENOENT');
});

test('a data folder in use by a living supervisor is refused', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")', 'main.ts']);
  await once(other.stdout, 'data');
  writeFileSync(join(folder, 'supervisor.pid'), String(other.pid));
  expect(() => claimFolder(folder)).toThrow(`already runs on the data folder ${folder} (process ${other.pid})`);
  other.kill('SIGKILL');
  await once(other, 'exit');
  claimFolder(folder)();
});

/** The real command, in a folder of its own. */
async function startWith(variables: NodeJS.ProcessEnv): Promise<{ code: number; said: string }> {
  const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, 'start'], { cwd: folder, env: { ...process.env, ...variables } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

test('a wrong variable stops the boot, by name and without its value', async () => {
  const { code, said } = await startWith({ OKIAGARI_API_PORT: 'eighty-eighty', OKIAGARI_LOG_LEVEL: 'loud' });
  expect(code).toBe(2);
  expect(said).toContain('OKIAGARI_API_PORT');
  expect(said).toContain('OKIAGARI_LOG_LEVEL');
  expect(said).not.toContain('eighty-eighty');
  expect(said).not.toContain('    at ');
});

test('an inventory that was named and is not there is no reason for a playground', async () => {
  const { code, said } = await startWith({ OKIAGARI_INVENTORY: './typo.yaml' });
  expect(code).toBe(2);
  expect(said).toContain('OKIAGARI_INVENTORY');
  expect(said).toContain('typo.yaml');
});

test('a folder called playground that is none is left alone', async () => {
  mkdirSync(join(folder, 'playground'));
  writeFileSync(join(folder, 'playground/mine.txt'), 'mine');
  const { code, said } = await startWith({});
  expect(code).toBe(2);
  expect(said).toContain('is no playground of ours');
  expect(readdirSync(join(folder, 'playground'))).toEqual(['mine.txt']);
});

test('an inventory that is wrong stops the boot with every fault, by line', async () => {
  writeFileSync(join(folder, 'okiagari.yaml'), 'version: 2\npeople: []\ntargets: []\n');
  const { code, said } = await startWith({});
  expect(code).toBe(2);
  for (const fault of ['line 1: version', 'line 2: people', 'line 3: targets']) expect(said).toContain(fault);
});

test('a taken port stops the boot with exit code 2', async () => {
  writeFileSync(join(folder, 'okiagari.yaml'), minimal);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const { code, said } = await startWith({
    OKIAGARI_TEMPORAL_PORT: String(port),
    OKIAGARI_API_PORT: '0',
    OKIAGARI_TEMPORAL_UI_PORT: '0',
  });
  expect(code).toBe(2);
  expect(said).toContain(`Port ${port}`);
  expect(said).toContain('OKIAGARI_TEMPORAL_PORT');
  other.close();
});

const minimal = `version: 1
people: [{ id: hana, name: Hana, roles: [operator, approver], token: { env: TOKEN_HANA } }]
repositories: [{ id: local, kind: directory, path: ./backups }]
targets: [{ id: tools, kind: tool-store, root: ./project, repositories: [local], agent: none }]
`;
