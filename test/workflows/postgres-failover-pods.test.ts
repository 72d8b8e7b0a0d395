/** postgres-failover where the primary is a pod of Kubernetes: real servers, as the machine of a small cluster starts and ends them. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { hasEnded } from '../../domain/recovery.ts';
import { startPostgresPod } from '../support/kubernetes/postgres-pod.ts';
import { waits } from '../support/kubernetes/server-set.ts';
import { isPrimary } from '../support/postgres/questions.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { sentenceOf } from '../support/recovery-driver.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'postgres-failover';
const slow = { timeout: 180_000 };

async function startAsPod() {
  const pod = await startPostgresPod();
  onTestFinished(() => pod.stop());
  const [a, b] = pod.servers;
  await a.sql('create table t as select generate_series(1, 10) as n');
  await pod.caughtUp();
  return { ...pod, a, b, db: pod.declare(stack) };
}

test('its pod is kept from running before the standby takes over, its loss is agreed to, and it is left', slow, async () => {
  const { a, b, db, set, happened, started, ended } = await startAsPod();
  // Its container died; whether its machine starts it again in a moment nobody knows.
  await a.kill();
  const id = await db.recover({ scenario, input: { bringBack: 'may' } });
  const loss = await stack.gate(id, 'loss');
  expect(loss.plan?.summary.en).toMatch(
    /^b takes over\. What would be lost is unknown: no commit from before 20[\d:.TZ-]+, perhaps any after it\.$/,
  );
  expect([await isPrimary(b), existsSync(db.file)]).toEqual([false, false]);
  expect(happened).toEqual([started, ended]);
  await stack.decide(id, loss, 'ren', 'approve');
  const state = await stack.until(id, ({ status }) => hasEnded(status));
  expect(state.status).toBe('recovered');
  expect(sentenceOf(state, 'fence')).toBe('a has no process any more: whoever starts it, it takes no writes.');
  expect(sentenceOf(state, 'rejoin a')).toContain(
    `a is left as it is: a does not follow b, and its volume is not written from here: have it made a standby of b there, then take the fence, where one stands, out of the StatefulSet default/${set.control.statefulSet}`,
  );
  expect([await isPrimary(b), readFileSync(db.file, 'utf8')]).toEqual([true, `127.0.0.1:${b.port}\n`]);
  expect(waits(await set.pod())).toBe(true);
  expect(happened, 'never again').toEqual([started, ended]);
});

test('it is back once a person has made its volume anew and has taken the fence out', slow, async () => {
  const pod = await startAsPod();
  const { a, b, db, set } = pod;
  await a.kill();
  const id = await db.recover({ scenario });
  await stack.approve(id, 'loss');
  const left = await stack.gate(id, 'failed:rejoin a');
  await pod.remake();
  await set.takeFenceOut();
  await expect.poll(() => isPrimary(a).catch(() => true)).toBe(false);
  await stack.decide(id, left, 'ren', 'retry');
  const state = await stack.until(id, ({ status, waitingFor }) => hasEnded(status) || waitingFor.length > 0);
  expect(state.status).toBe('recovered');
  expect(sentenceOf(state, 'rejoin a')).toBe('a is a standby of b and receives its log (followed by itself).');
  expect(await isPrimary(b)).toBe(true);
});

test('on a machine that nobody hears it is not proven gone; once it is, an undo has it run as before', slow, async () => {
  const { a, b, db, set, happened, started, ended } = await startAsPod();
  const find = await set.loseMachine();
  await a.kill();
  const id = await db.recover({ scenario });
  const refused = await stack.gate(id, 'failed:prove the fence');
  expect(refused.error?.sentence.en).toContain('The fence of a is not proven: its processes run.');
  expect(refused).toMatchObject({ need: 2, breakGlass: true });
  expect(sentenceOf(await stack.state(id), 'fence')).toBe('Nobody could be stopped from here. a is beyond reach.');
  await find();
  await set.until(waits);
  await stack.decide(id, refused, 'ren', 'retry');
  const loss = await stack.gate(id, 'loss');
  expect(happened).toEqual([started, ended]);
  await stack.decide(id, loss, 'ren', 'reject');
  const state = await stack.result(id);
  expect(state.status).toBe('rolled-back');
  expect([await isPrimary(a), await isPrimary(b)]).toEqual([true, false]);
  expect(happened).toEqual([started, ended, started]);
});

test('a planned move is refused before anything is stopped', slow, async () => {
  const { a, b, db, happened, started } = await startAsPod();
  const id = await db.recover({ scenario, input: { mode: 'switchover' } });
  const refused = await stack.gate(id, 'failed:fence');
  expect(refused.error?.code).toBe('switchover-refused');
  expect(refused.error?.sentence.en).toContain('The log of a cannot be read once it is stopped');
  await stack.decide(id, refused, 'hana', 'roll-back');
  await stack.result(id);
  expect([await isPrimary(a), await isPrimary(b), happened]).toEqual([true, false, [started]]);
});
