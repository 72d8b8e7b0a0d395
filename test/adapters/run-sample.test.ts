/** The process that runs a tool's code: what it may, and what it may not even if the code gets hold of everything in it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSampleRunner, samplePermissions } from '../../adapters/process/run-sample.ts';

let scratch: string;
beforeEach(() => void (scratch = mkdtempSync(join(tmpdir(), 'sample-'))));
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const run = (code: string, parameters = {}, timeoutMs = 1_000) =>
  createSampleRunner().run({ code, parameters, timeoutMs }, scratch);

test.each([
  ['a value', 'function execute(p) { return { got: p.a }; }', { got: 1 }],
  ['a promise', 'async function execute({ a }) { await null; return a + 1; }', 2],
  ['an arrow function', 'const execute = ({ a }) => [a];', [1]],
  ['nothing', 'function execute() {}', null],
  ['Japanese', 'function execute() { return "起き上がり"; }', '起き上がり'],
  ['words on the console', 'function execute() { console.log("noise"); return 1; }', 1],
])('answers %s', async (_, code, value) => {
  expect(await run(code, { a: 1 })).toEqual({ outcome: 'returned', value });
});

test.each([
  ['throws', 'function execute() { throw new Error("no"); }', 'threw', 'no'],
  ['rejects', 'async function execute() { throw "plain"; }', 'threw', 'plain'],
  ['is not JavaScript', 'const = ;', 'threw', 'Unexpected token'],
  ['defines no execute', 'const other = 1;', 'threw', 'execute is not defined'],
  ['answers what is no JSON', 'function execute() { return 1n; }', 'threw', 'BigInt'],
])('code that %s', async (_, code, outcome, message) => {
  expect(await run(code)).toMatchObject({ outcome, message: expect.stringContaining(message) as string });
});

test.each([
  ['loops', 'function execute() { for (;;); }'],
  ['never answers', 'function execute() { return new Promise(() => {}); }'],
  ['loops among promises', 'async function execute() { for (;;) await null; }'],
  ['loops while it is defined', 'for (;;);'],
])('code that %s is ended', async (_, code) => {
  const started = performance.now();
  expect(await run(code, {}, 200)).toMatchObject({ outcome: 'timed-out' });
  expect(performance.now() - started).toBeLessThan(6_000);
});

test('code that eats memory ends its own process only', async () => {
  expect(
    await run('function execute() { const all = []; for (;;) all.push(new Array(1e6).fill(1)); }', {}, 20_000),
  ).toMatchObject({
    outcome: 'crashed',
  });
});

test('an aborted run is ended', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  const work = createSampleRunner().run(
    { code: 'function execute() { for (;;); }', parameters: {}, timeoutMs: 30_000 },
    scratch,
    stop.signal,
  );
  expect(await work).toMatchObject({ outcome: 'crashed', message: 'stopped' });
});

test('even with all of Node in hand the process reads only its scratch, writes nowhere and starts nothing', () => {
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  writeFileSync(join(outside, 'secret'), 'top secret');
  const program = `
    const fs = require('node:fs'); const tries = {
      read: () => fs.readFileSync(${JSON.stringify(join(outside, 'secret'))}), write: () => fs.writeFileSync(${JSON.stringify(join(outside, 'written'))}, ''),
      scratch: () => fs.writeFileSync('written', ''), run: () => require('node:child_process').execSync('id'),
      worker: () => new (require('node:worker_threads').Worker)('1', { eval: true }) };
    for (const [name, go] of Object.entries(tries)) try { go(); console.log(name, 'worked'); } catch (error) { console.log(name, error.code); }`;
  writeFileSync(join(scratch, 'try.cjs'), program);
  const { stdout } = spawnSync(process.execPath, [...samplePermissions(scratch), join(scratch, 'try.cjs')], {
    cwd: scratch,
    env: {},
    encoding: 'utf8',
  });
  expect(stdout.trim().split('\n')).toEqual(
    ['read', 'write', 'scratch', 'run', 'worker'].map((name) => `${name} ERR_ACCESS_DENIED`),
  );
  rmSync(outside, { recursive: true });
});
