/** What is asked of a machine is done here where its node is local, and carried by its command where it is not. */
import { expect, test } from 'vitest';
import { answerNodeRequest } from '../../adapters/node/answer.ts';
import { route } from '../../adapters/node/route.ts';
import { createCommandRunner } from '../../adapters/process/run-command.ts';

interface Port {
  look(node: object, ...args: unknown[]): Promise<unknown>;
}
const local: Port = { look: (_node, ...args) => Promise.resolve({ here: args }) };
const routed = (limits: Record<string, number> = {}) => route(local, { kind: 'redis', limits, passwordIn: () => 'canary' });
/** A command in whose place a script answers; `line` is what it was told. */
const by = (script: string) => ({
  control: {
    kind: 'command',
    run: [process.execPath, '-e', `process.stdin.once('data', (chunk) => { const line = String(chunk); ${script} })`],
  },
});
const echo = by('console.log(JSON.stringify({ value: { line, argv: process.argv } })); process.exit()');

test('a node that is local is asked here, one with a command by it: one line, the password in it and nowhere else', async () => {
  const signal = new AbortController().signal;
  expect(await routed().look({ control: { kind: 'local' } }, 1, signal)).toEqual({ here: [1, signal] });
  const { line, argv } = (await routed().look(echo, 'x', undefined, signal)) as { line: string; argv: string[] };
  expect(JSON.parse(line)).toEqual({ kind: 'redis', call: 'look', node: echo, args: ['x'], password: 'canary' });
  expect(line.split('\n')).toHaveLength(2);
  expect(argv.join()).not.toContain('canary');
});

test('what went wrong there is told with its code; a command that says nothing of use, or nothing in time, with its last words', async () => {
  const full = by(`console.log('{"error":"no room","code":"ENOSPC"}'); process.exit()`);
  await expect(routed().look(full)).rejects.toMatchObject({ message: 'no room', code: 'ENOSPC' });
  const refused = by(`console.error('Permission denied (publickey).'); process.exit(255)`);
  await expect(routed().look(refused)).rejects.toThrow('gave no answer: Permission denied (publickey).');
  await expect(routed({ look: 300 }).look(by(''))).rejects.toThrow('gave no answer within 0.3 s');
  const none = { control: { kind: 'command', run: ['/nowhere/ssh'] } };
  await expect(routed().look(none)).rejects.toThrow('spawn /nowhere/ssh ENOENT');
  // Of the command, not of a file that was to be read there.
  await expect(routed().look(none)).rejects.not.toHaveProperty('code');
});

test('the other end does what is asked of servers of that kind, and says what there is not', async () => {
  const control = { kind: 'command', run: ['ssh'], data: '/nowhere', bin: '/usr/bin' };
  const node = { host: '127.0.0.1', port: 6_379, control };
  const answer = async (kind: string, call: string): Promise<unknown> => {
    const line = JSON.stringify({ kind, call, node, args: [] });
    return JSON.parse(await answerNodeRequest(line, createCommandRunner(), new AbortController().signal));
  };
  expect(await answer('redis', 'listFiles')).toMatchObject({
    code: 'ENOENT',
    error: expect.stringContaining('/nowhere') as string,
  });
  expect(await answer('redis', 'fence')).toEqual({ error: 'there is no call fence of kind redis' });
  expect(await answer('postgres', 'listFiles')).toEqual({ error: 'there is no call listFiles of kind postgres' });
  expect(await answer('other', 'look')).toEqual({ error: 'there is no call look of kind other' });
});
