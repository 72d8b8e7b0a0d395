/** Whether a server is gone is said only by who can see it; the rest is tested on real clusters in test/activities/postgres/. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createCommandRunner } from '../../adapters/process/run-command.ts';
import { createLocalNode } from '../../adapters/postgres/local-node.ts';

/** The user that owns nothing, on every Linux. */
const nobody = 65_534;

test('a process that is not ours to look into is not taken for one that is gone', async () => {
  const data = mkdtempSync(join(tmpdir(), 'okiagari-node-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  chmodSync(data, 0o755);
  copyFileSync('/bin/sleep', join(data, 'postgres'));
  const server = spawn(join(data, 'postgres'), ['60'], { cwd: data, stdio: 'ignore' });
  await once(server, 'spawn');
  onTestFinished(() => void server.kill('SIGKILL'));
  const look = () =>
    createLocalNode(createCommandRunner()).state({
      id: 'a',
      host: '127.0.0.1',
      port: 5_432,
      control: { kind: 'local', data, bin: '/nowhere' },
    });
  expect(await look()).toMatchObject({ processes: 'running', isStandby: false });
  process.seteuid!(nobody);
  try {
    await expect(look()).rejects.toThrow('EACCES');
  } finally {
    process.seteuid!(0);
  }
  const gone = once(server, 'exit');
  server.kill('SIGKILL');
  await gone;
  expect(await look()).toMatchObject({ processes: 'gone', isStandby: false });
});

test('the same folder on another machine, or of a server on another port, says nothing of the node', async () => {
  const data = mkdtempSync(join(tmpdir(), 'okiagari-node-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const control = { kind: 'local', data, bin: '/nowhere' } as const;
  const node = createLocalNode(createCommandRunner());
  // Addresses for documents (RFC 5737), which no machine has.
  await expect(node.state({ id: 'a', host: '192.0.2.1', port: 5_432, control })).rejects.toThrow('192.0.2.1 is not this machine');
  writeFileSync(join(data, 'postmaster.pid'), `4711\n${data}\n1795893711\n5433\n`);
  await expect(node.state({ id: 'a', host: 'localhost', port: 5_432, control })).rejects.toThrow('has port 5433, not 5432');
  expect(await node.state({ id: 'a', host: 'localhost', port: 5_433, control })).toMatchObject({
    processes: 'gone',
    isStandby: false,
  });
});
