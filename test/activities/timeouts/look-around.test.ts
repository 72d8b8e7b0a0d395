/** The looks of a recovery from timeouts, on a real store, real sockets and this machine; they change nothing. */
import { appendFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createTimeoutActivities } from '../../../activities/timeouts/create-timeout-activities.ts';
import { createSetAsideActivities } from '../../../activities/set-aside/create-set-aside-activities.ts';
import { inventorySchema } from '../../../contracts/inventory.ts';
import { failureOf, logPath, makeWorld, picture, recovery, target, type World } from '../tool-store/world.ts';

const since = '2026-11-22T00:00:00.000Z';

function timeOut(world: World, tool: string, times: number, at = '2026-11-22T01:00:00.000Z'): void {
  const line = {
    timestamp: at,
    action: 'run_dynamic_tool',
    toolName: tool,
    success: false,
    error: 'Execution timed out after 30000ms',
  };
  for (let n = 0; n < times; n++) appendFileSync(world.live(logPath), `${JSON.stringify(line)}\n`);
}

test('timeouts are counted by tool from then on; a log that is gone is an answer', async () => {
  const world = await makeWorld({ tools: 4, logLines: 0 });
  const activities = createTimeoutActivities(world.ports);
  timeOut(world, 'slow', 4);
  timeOut(world, 'slow', 9, '2026-11-20T01:00:00.000Z');
  appendFileSync(world.live(logPath), '{ broken timeout "success":false\n');
  const before = picture(world.root);
  expect(await activities.countTimeouts({ target, since })).toMatchObject({
    logThere: true,
    items: [{ tool: 'slow', timeouts: 4 }],
  });
  expect(picture(world.root)).toEqual(before);
  rmSync(world.live(logPath));
  expect(await activities.countTimeouts({ target, since })).toMatchObject({ logThere: false, items: [] });
});

test('tools are chosen by what the log says of them; the rest is refused with its reason', async () => {
  const world = await makeWorld({ tools: 4, settings: { criticalTools: [{ name: 'placeholder' }] } });
  const activities = createTimeoutActivities(world.ports);
  const [first] = world.sample.tools;
  const counts = [{ tool: first!.name, timeouts: 5 }];
  expect(await activities.chooseTimeoutTools({ target, counts, atLeast: 3 })).toMatchObject({ tools: [{ path: first!.path }] });
  const unknown = await failureOf(activities.chooseTimeoutTools({ target, counts, atLeast: 3, tools: ['never_made'] }));
  expect(unknown).toMatchObject({ code: 'no-such-tool', details: { errors: [{ path: 'tools.0' }] } });
  const critical = await makeWorld({ tools: 4, settings: { criticalTools: [{ name: first!.name }] } });
  const others = createTimeoutActivities(critical.ports);
  expect((await failureOf(others.chooseTimeoutTools({ target, counts, atLeast: 3, tools: [first!.name] }))).code).toBe(
    'critical-tool',
  );
  expect((await others.chooseTimeoutTools({ target, counts, atLeast: 3 })).tools).toEqual([]);
});

test('a note makes people decide, and stands in the plan', async () => {
  const world = await makeWorld({ tools: 4 });
  const aside = createSetAsideActivities(world.ports);
  const tools = [{ path: world.sample.tools[0]!.path, why: { en: '5 timeouts', ja: 'タイムアウト 5 回' } }];
  const note = { en: 'db is down.', ja: 'db が停止中。' };
  expect((await aside.planSetAside({ target, recovery, tools, into: 'disabled', note })).needsPeople).toEqual(note);
});

test('every declared dependency is tried, and the machine is measured', async () => {
  const server = createServer((socket) => socket.end());
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const world = await makeWorld({
    settings: {
      dependencies: [
        { id: 'db', host: '127.0.0.1', port },
        { id: 'nobody', host: 'no-such-host.invalid', port: 1 },
        { id: 'web', url: `http://127.0.0.1:${port}/`, timeoutMs: 1_000 },
      ],
    },
  });
  const activities = createTimeoutActivities(world.ports);
  expect((await activities.probeDependencies({ target })).map(({ id, state }) => `${id} ${state}`)).toEqual([
    'db answers',
    'nobody down',
    'web down',
  ]);
  const load = await activities.measureLoad({ target });
  expect(load.heaviest).toHaveLength(10);
  expect(JSON.stringify(load).length).toBeLessThan(2_000);
});

test('an address with a password is refused with the inventory', () => {
  const inventory = (url: string) => ({
    version: 1,
    people: [{ id: 'hana', name: '花', roles: ['operator', 'approver'], token: { env: 'TOKEN' } }],
    repositories: [{ id: 'local', kind: 'directory', path: '/b' }],
    targets: [{ id: target, kind: 'tool-store', root: '/r', repositories: ['local'], dependencies: [{ id: 'db', url }] }],
  });
  expect(inventorySchema().safeParse(inventory('https://db.example.jp/health')).success).toBe(true);
  expect(inventorySchema().safeParse(inventory('https://hana:secret@db.example.jp/')).success).toBe(false);
  expect(inventorySchema().safeParse(inventory('file:///etc/passwd')).success).toBe(false);
});
