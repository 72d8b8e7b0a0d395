/** A worker that is killed while it tells people: the next one tells the rest, and nobody is told twice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { gateOpened, startNotifyWorld } from '../support/notify-world.ts';

const program = fileURLToPath(new URL('../support/announcer.ts', import.meta.url));

test('a kill between two people: each has one mail, the webhook one post', async () => {
  const world = await startNotifyWorld();
  onTestFinished(() => world.stop());
  const { server, receiver } = world;
  const announcer = spawn(process.execPath, [program, world.data], {
    env: { ...process.env, ...world.secrets },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const gone = once(announcer, 'exit');
  onTestFinished(() => void announcer.kill('SIGKILL'));

  // The second mailbox does not answer until the process that asked is dead.
  server.holds.set('mio@example.jp', async () => void (await gone));
  const told = () => world.records.list('told/');
  await eventually(async () => [server.attempts.includes('mio@example.jp'), (await told()).length]).toEqual([true, 2]);
  announcer.kill('SIGKILL');
  await gone;
  server.holds.clear();
  expect(server.mails.map(({ to }) => to)).toEqual(['ren@example.jp']);

  expect(await world.announce(gateOpened)).toEqual({
    reached: [
      { channel: 'mail', to: 'ren' },
      { channel: 'mail', to: 'mio' },
      { channel: 'webhook', to: 'chat' },
    ],
    failed: [],
  });
  expect(server.mails.map(({ to }) => to)).toEqual(['ren@example.jp', 'mio@example.jp']);
  expect(receiver.posts).toHaveLength(1);
});
