/**
 * Keeps the history of a finished workflow under test/histories/, for replay. Record anew, after a change of the kernel that
 * no `patched` stands before, with `OKIAGARI_RECORD_HISTORIES=1 npm exec -- vitest run test/temporal test/workflows`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { historyFolder, typeOf, type History } from './histories.ts';

/** `name` is `<scenario>` or `<scenario>.<what happened>`, and stands below `toys/` for toys. Does nothing unless the variable is set. */
export async function recordHistory(handle: WorkflowHandle, name: string): Promise<void> {
  if (process.env['OKIAGARI_RECORD_HISTORIES'] !== '1') return;
  const history = await fetchHistory(handle);
  const last = typeOf(history.events.at(-1)!);
  if (!/^WORKFLOW_EXECUTION_(COMPLETED|FAILED|CANCELED|TERMINATED|TIMED_OUT)$/.test(last)) {
    throw new Error(`${handle.workflowId} is not finished: its last event is ${last}`);
  }
  const file = join(historyFolder, `${name}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const lines = history.events.map((event) => JSON.stringify(withoutMachine(event)));
  writeFileSync(file, `{"events":[\n${lines.join(',\n')}\n]}\n`);
}

/** The history of the handle's run as JSON. */
export const fetchHistory = async (handle: WorkflowHandle): Promise<History> =>
  JSON.parse(historyToJSON(await handle.fetchHistory())) as History;

/** Who ran it, in which scratch folder, and where in which file something was thrown, is nobody's business and changes with every recording. */
function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((inner) => withoutMachine(inner));
  // `<process>@<host>`, also as the beginning of the name of a sticky queue.
  if (typeof value === 'string') return withoutScratch(value.replace(/^\d+@\S+$/, 'recorded'));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, entryWithoutMachine(key, inner)]));
}

function entryWithoutMachine(key: string, value: unknown): unknown {
  if (key === 'stackTrace') return '';
  if (key !== 'data' || typeof value !== 'string') return withoutMachine(value);
  return Buffer.from(withoutScratch(Buffer.from(value, 'base64').toString('utf8'))).toString('base64');
}

const withoutScratch = (text: string): string => text.replaceAll(/\/tmp\/okiagari-[\w-]+/g, '/srv/scratch');
