/** A whole region that burned down, moved by the product, next to the chain of its raw actions run by a script. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startWholeRegion, type WholeRegionBed } from '../../test/support/region/bed.ts';
import type { Measure, Samples } from '../measure.ts';
import { timed } from '../side-by-side.ts';
import { approverOf, type AskedRecovery } from '../support/approve.ts';
import { startProduct } from '../support/product.ts';
import { moveByHand } from '../support/region-by-hand.ts';

const rounds = 3;
const open = ['running', 'waiting'];

interface Timed extends AskedRecovery {
  readonly timing: { readonly machineMs: number };
}

/** What both wait for: the product by its inventory, the script by itself. */
interface Waits {
  readonly dwellMs: number;
  readonly watchMs: number;
}

const goal = 'at most 1.3 × the longest chain of its raw actions by a script';
const meets: Measure['meets'] = ({ ratio }) => ratio !== undefined && ratio <= 1.3;

/** Hardly any wait but a TTL of 2 s: what is left is the work of machines. */
export const regionFailover: Measure = {
  id: 'region-failover',
  title:
    'A burnt region moved: cluster, cache, requests and names; fenced, proven, watched and verified, without the waits for people',
  ...{ unit: 'ms', goal, meets },
  run: () => sideBySide({ dwellMs: 300, watchMs: 300 }),
};

export const regionFailoverWatched: Measure = {
  id: 'region-failover-watched',
  title:
    'The same with a tenth of the time that steps and the new side are watched by default: 3 s for each step, 30 s in the end',
  ...{ unit: 'ms', goal, meets },
  run: () => sideBySide({ dwellMs: 3_000, watchMs: 30_000 }),
};

async function sideBySide(waits: Waits): Promise<Samples> {
  const [ours, samples]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(await onFreshBed(waits, moveByProduct));
    samples.push(await onFreshBed(waits, (bed) => timed(() => moveByHand(bed, waits))));
  }
  return { ours, against: { title: 'promote, rewind, set, nsupdate and dig; nothing fenced, proven or recorded', samples } };
}

/** Each move is the last of its bed. */
async function onFreshBed(
  { dwellMs, watchMs }: Waits,
  move: (bed: WholeRegionBed, targets: readonly object[], tidy: AsyncDisposableStack) => Promise<number>,
): Promise<number> {
  await using tidy = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-bench-region-'));
  tidy.defer(() => rmSync(folder, { recursive: true, force: true }));
  const targets: object[] = [];
  const declare = (id: string, fields: string) => {
    targets.push({ id, ...(parse(fields) as object) });
    return { id, recover: () => Promise.reject(new Error('by HTTP')) };
  };
  const bed = await startWholeRegion({ folder, declare }, { edge: { dwell: `${dwellMs}ms` }, fields: { watch: `${watchMs}ms` } });
  tidy.defer(() => bed.stop());
  return await move(bed, targets, tidy);
}

async function moveByProduct(bed: WholeRegionBed, targets: readonly object[], tidy: AsyncDisposableStack): Promise<number> {
  const product = await startProduct(tidy, { targets });
  const start = (mode: string) =>
    product.call<AskedRecovery>('POST', '/v1/recoveries', { scenario: 'region-failover', target: bed.id, reason: 'bench', mode });
  // How long it took is in the answer: nobody has to ask often, and what asks takes from the same two cores.
  const end = (id: string) => product.until<Timed>(`/v1/recoveries/${id}`, ({ status }) => !open.includes(status), 200);

  // A worker that is needed has been up for longer than a second: the code is warm, as that of the script is.
  await end((await start('dry-run')).id);
  await bed.loseHome();
  const { id } = await start('run');
  // The move, and what the cache has lost.
  for (let gate = 0; gate < 2; gate++) await (await approverOf(product, id))();
  const { status, timing } = await end(id);
  if (status !== 'recovered') throw new Error(`the region is ${status}`);
  return timing.machineMs;
}
