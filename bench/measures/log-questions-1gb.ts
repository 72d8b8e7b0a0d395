/** Usage and timeouts per tool from a log of 1 GB, next to the jq lines of the runbook. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogReader } from '../../adapters/log-questions/log-reader.ts';
import { makeToolStore } from '../../adapters/playground/tool-store-sample.ts';
import { auditLog } from '../../domain/tool-store/layout.ts';
import type { Measure } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';
import { shell } from '../support/shell.ts';

const logBytes = 1_000_000_000;
/** With the action that is really written; the runbook's own looks for one that nobody writes. */
const byHand = [
  `jq -r 'select(.action == "tool.run" or .action == "run_dynamic_tool") | .toolName' "$LOG" | sort | uniq -c | sort -n > /dev/null`,
  `grep '"success":false' "$LOG" | grep -iE 'timeout|timed out|タイムアウト' | jq -r .toolName | sort | uniq -c | sort -rn > /dev/null`,
].join('\n');

export const logQuestions1Gb: Measure = {
  id: 'log-questions-1gb',
  title: 'Usage and timeouts per tool from a log of 1 GB',
  unit: 'ms',
  goal: 'at most a tenth of the jq lines of the runbook',
  meets: ({ ratio = Infinity }) => ratio <= 0.1,
  async run(tidy) {
    const root = mkdtempSync(join(tmpdir(), 'okiagari-bench-log-'));
    tidy.defer(() => rmSync(root, { recursive: true, force: true }));
    await makeToolStore(root, { tools: 100, logLines: 100_000, seed: 1 });
    const log = join(root, auditLog);
    const lines = readFileSync(log);
    for (let size = lines.length; size < logBytes; size += lines.length) appendFileSync(log, lines);
    const reader = createLogReader();
    const ours = (): Promise<number> =>
      timed(async () => {
        for (const question of ['usage', 'timeouts'] as const) {
          await reader.tally({ root, path: auditLog }, { question, now: Date.now(), limit: 50 });
        }
      });
    // Without jq there is nothing to hold it against, and the goal counts as missed.
    if (spawnSync('jq', ['--version']).status !== 0) return { ours: [await ours(), await ours()] };
    return sideBySide({
      rounds: 2,
      warmUp: 0,
      ours,
      against: { title: 'jq, grep, sort, uniq', run: () => shell(byHand, { LOG: log }) },
    });
  },
};
