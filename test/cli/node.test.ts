/** `okiagari node` is run for each thing that is asked of a machine: what it brings along is waited for in every failover. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
/** Says in the end which packages were loaded. */
const teller = `
import { registerHooks } from 'node:module';
const packages = new Set();
registerHooks({
  load(url, context, next) {
    const [, name] = /\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
    if (name) packages.add(name);
    return next(url, context);
  },
});
process.on('exit', () => process.stderr.write(JSON.stringify([...packages])));
`;

test('it answers a line with a line, and loads no package but the one that reads its arguments', () => {
  const how = ['--import', `data:text/javascript,${encodeURIComponent(teller)}`, main, 'node'];
  const { stdout, stderr, status } = spawnSync(process.execPath, how, {
    input: '{"kind":"redis","call":"x"}\n',
    encoding: 'utf8',
  });
  expect([status, JSON.parse(stdout)]).toEqual([0, { error: 'there is no call x of kind redis' }]);
  expect(JSON.parse(stderr)).toEqual(['commander']);
});
