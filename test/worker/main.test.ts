/** The worker process: faults of its settings end it with a sentence, and it waits for a Temporal that comes later. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTemporalServer } from '../support/temporal-server.ts';

const main = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));
const inventory = `version: 1
people: [{ id: hana, name: Hana, roles: [operator, approver], token: { env: TOKEN_HANA } }]
repositories: [{ id: local, kind: directory, path: ./backups }]
targets: [{ id: tools, kind: tool-store, root: ./project, repositories: [local], agent: none }]
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-worker-'));
  writeFileSync(join(folder, 'okiagari.yaml'), inventory);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function work(variables: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [main], { cwd: folder, env: { ...process.env, ...variables } });
  const run = { child, said: '', ended: once(child, 'close').then(([code]) => code as number | null) };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (run.said += chunk.toString()));
  return run;
}

test('a wrong variable ends it with exit code 2, by name and without its value', async () => {
  const run = work({ OKIAGARI_SITE: 'No Such Site!' });
  expect(await run.ended).toBe(2);
  expect(run.said).toContain('OKIAGARI_SITE');
  expect(run.said).not.toContain('No Such');
});

test('a wrong inventory ends it with exit code 2 and every fault by line', async () => {
  writeFileSync(join(folder, 'okiagari.yaml'), inventory.replace('agent: none', 'agent: sometimes'));
  const run = work({});
  expect(await run.ended).toBe(2);
  expect(run.said).toMatch(/line 4: targets\.0\.agent/);
});

test('it waits while Temporal is away, polls once it is there, and ends well on SIGTERM', async () => {
  const server = await startTemporalServer();
  await server.kill();
  const run = work({ TEMPORAL_ADDRESS: server.address, OKIAGARI_LOG_LEVEL: 'info' });
  await server.restart();
  await expect.poll(() => run.said, { timeout: 40_000 }).toContain('worker is polling');
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  await server.stop();
});
