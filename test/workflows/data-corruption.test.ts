/** data-corruption on a real cluster: a check of the operator finds the last good moment, by restores, and the cluster goes back to it. */
import { afterEach, expect, test } from 'vitest';
import { hasEnded } from '../../domain/recovery.ts';
import { startBackedUp, type BackedUp } from '../support/postgres/backed-up.ts';
import { declareBackedUp } from '../support/postgres/declare.ts';
import type { TestServer } from '../support/postgres/server.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;
let bed: BackedUp | undefined;

openForFile(async (server) => (stack = await startStoreStack(server)));
afterEach(async () => {
  await bed?.stop();
  bed = undefined;
});

const scenario = 'data-corruption';
const slow = { timeout: 180_000 };
const check = 'select count(*) = 0 from orders where total < 0';

/** An order every fifth of a second for six seconds; one of them is wrong, and orders go on. */
async function corrupted() {
  const made = await startBackedUp('base-backup');
  bed = made;
  const db = declareBackedUp(stack, made);
  const [a] = made.servers as [TestServer];
  await a.sql('create table orders (n int primary key, total int, at timestamptz default clock_timestamp())');
  await db.takeBackup();
  for (let n = 1; n <= 30; n++) {
    await a.sql(`insert into orders select ${n}, ${n === 17 ? -1 : n} from pg_sleep(0.2)`);
  }
  return { a, db };
}

test('goes back to the last moment at which the check holds', slow, async () => {
  const { a, db } = await corrupted();
  const [wrong] = await a.sql<{ at: Date }>('select at from orders where total < 0');
  const [before] = await a.sql<{ rows: number }>(
    `select count(*)::int as rows from orders where at < (select at from orders where total < 0) - interval '1.3 seconds'`,
  );
  const id = await db.recover({ scenario, input: { check } });
  const gate = await stack.gate(id, 'cut-over');
  expect(gate.plan?.changes).toContainEqual(
    expect.objectContaining({ path: 'public.orders', after: '0 rows only then, 0 changed' }),
  );
  await stack.decide(id, gate, 'ren', 'approve');
  const ended = await stack.until(id, ({ status, waitingFor }) => hasEnded(status) || waitingFor.length > 0);
  expect(ended.waitingFor.map(({ title }) => title.en)).toEqual([]);
  const state = await stack.result(id);
  await stack.record(id, 'data-corruption');
  expect(state.status).toBe('recovered');
  const tries = state.steps.filter(({ name }) => name.startsWith('try '));
  expect(tries.map(({ evidence }) => evidence?.['good'])).toEqual(
    tries.map(({ evidence }) => Date.parse(String(evidence?.['at'])) < wrong!.at.getTime()),
  );
  expect(tries.length).toBeGreaterThan(1);
  expect(tries.length).toBeLessThanOrEqual(4);
  const [left] = await a.sql<{ rows: number; bad: number }>(
    'select count(*)::int as rows, (count(*) filter (where total < 0))::int as bad from orders',
  );
  expect(left!.bad).toBe(0);
  expect(left!.rows).toBeGreaterThanOrEqual(before!.rows);
  expect(left!.rows).toBeLessThan(17);
});

test('is refused where the check holds now, and with a check that tells nothing', slow, async () => {
  const { a, db } = await corrupted();
  const id = await db.recover({ scenario, input: { check: 'select count(*) > 0 from orders' } });
  const refused = await stack.gate(id, 'failed:confirm');
  expect(refused.error?.code).toBe('nothing-wrong');
  await stack.decide(id, refused, 'hana', 'amend', { input: { check: 'select 1; drop table orders' } });
  const unusable = await stack.until(id, ({ waitingFor }) => waitingFor[0]?.error?.code === 'check-unusable');
  await stack.decide(id, unusable.waitingFor[0]!, 'hana', 'amend', { input: { check: 'delete from orders returning true' } });
  const writes = await stack.until(
    id,
    ({ waitingFor }) => waitingFor[0]?.error?.sentence.en.includes('read-only transaction') === true,
  );
  await stack.decide(id, writes.waitingFor[0]!, 'hana', 'roll-back');
  expect((await stack.result(id)).status).toBe('stopped');
  expect((await a.sql('select from orders')).length).toBe(30);
});
