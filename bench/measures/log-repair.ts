/** Repair of an audit log with one bad line in ten thousand, next to `jq`, next to the runbook's own loop, and by size. */
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogRepair } from '../../adapters/audit-log/log-repair.ts';
import { makeToolStore } from '../../adapters/playground/tool-store-sample.ts';
import { auditLog } from '../../domain/tool-store/layout.ts';
import type { Measure, Samples } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';
import { shell } from '../support/shell.ts';

const logBytes = 1_000_000_000;
const badLine = '{"timestamp":"2026-10-01T00:00:00.000Z","action":"run_dyn';
/** What the runbook says: a process for each line. */
const loopLines = 2_000;
const bashLoop = `while IFS= read -r line; do echo "$line" | jq . > /dev/null 2>&1 && echo "$line"; done < "$LOG" > "$LOG.fixed" || true`;

/** A folder with a log of about so many bytes. */
async function makeLog(tidy: AsyncDisposableStack, bytes: number): Promise<{ folder: string; size: number; lines: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-bench-log-'));
  tidy.defer(() => rmSync(folder, { recursive: true, force: true }));
  await makeToolStore(join(folder, 'sample'), { tools: 12, logLines: 2_000, seed: 1 });
  const sample = readFileSync(join(folder, 'sample', auditLog), 'utf8')
    .trimEnd()
    .split('\n');
  const lines = Array.from({ length: 10_000 }, (_, n) => (n === 5_000 ? badLine : sample[n % sample.length]!));
  const block = Buffer.from(`${lines.join('\n')}\n`);
  const log = createWriteStream(join(folder, 'log'));
  let size = 0;
  for (; size < bytes; size += block.length) if (!log.write(block)) await once(log, 'drain');
  log.end();
  await once(log, 'close');
  return { folder, size, lines: (size / block.length) * 10_000 };
}

/** Beside the other where there is a jq; alone otherwise, and then no goal is met. */
async function nextToJq(what: Parameters<typeof sideBySide>[0]): Promise<Samples> {
  const hasJq = await shell('command -v jq', {}).then(
    () => true,
    () => false,
  );
  return hasJq ? sideBySide(what) : { ours: [await what.ours(0)] };
}

/** Judges, writes the new log and the quarantine, syncs both: what takes the log's place. */
async function repair(folder: string): Promise<number> {
  const place = (path: string) => ({ root: folder, path });
  for (const name of ['kept', 'rejected']) rmSync(join(folder, name), { force: true });
  const part = { place: place('log'), from: 0, to: statSync(join(folder, 'log')).size, firstLine: 1 };
  const output = { kept: place('kept'), keptAt: 0, rejected: place('rejected'), rejectedAt: 0 };
  return timed(() => createLogRepair().buildRepaired(part, output));
}

export const logRepair: readonly Measure[] = [
  {
    id: 'log-repair-1gb',
    title: 'Repair of a log of 1 GB, 1 bad line in 10,000, written and synced',
    unit: 'ms',
    goal: 'at least 300 MB/s, and 12 × jq -cR fromjson?',
    meets: ({ median, ratio = Infinity }) => logBytes / 1_000 / median >= 300 && ratio <= 1 / 12,
    async run(tidy) {
      const { folder } = await makeLog(tidy, logBytes);
      return nextToJq({
        rounds: 2,
        warmUp: 0,
        ours: () => repair(folder),
        against: {
          title: "jq -cR 'fromjson?', sync",
          run: () => shell(`jq -cR 'fromjson?' "$LOG" > "$LOG.jq"; sync "$LOG.jq"`, { LOG: join(folder, 'log') }),
        },
      });
    },
  },
  {
    id: 'log-repair-line',
    title: "The same a line, next to the runbook's loop on 2,000 lines (millionths of a ms)",
    unit: 'ms',
    goal: 'at least 5,000 ×',
    meets: ({ ratio = Infinity }) => ratio <= 1 / 5_000,
    async run(tidy) {
      const { folder, lines } = await makeLog(tidy, 200_000_000);
      const short = join(folder, 'short');
      const all = readFileSync(join(folder, 'log'), 'utf8').slice(0, 1_000_000).split('\n');
      writeFileSync(short, `${all.slice(0, loopLines).join('\n')}\n`);
      return nextToJq({
        rounds: 2,
        warmUp: 0,
        ours: async () => ((await repair(folder)) / lines) * 1e6,
        against: {
          title: 'while read … jq, as the runbook has it',
          run: async () => ((await shell(bashLoop, { LOG: short })) / loopLines) * 1e6,
        },
      });
    },
  },
  {
    id: 'log-repair-flat',
    title: 'The same a GB, measured on 1 GB next to 10 MB',
    unit: 'ms',
    goal: 'at most 1.2 ×: the cost of a byte does not grow',
    meets: ({ ratio = Infinity }) => ratio <= 1.2,
    async run(tidy) {
      const [large, small] = [await makeLog(tidy, logBytes), await makeLog(tidy, 10_000_000)];
      const perGb = async ({ folder, size }: typeof large): Promise<number> => ((await repair(folder)) / size) * 1e9;
      return sideBySide({
        rounds: 3,
        warmUp: 1,
        ours: () => perGb(large),
        against: { title: '10 MB', run: () => perGb(small) },
      });
    },
  },
];
