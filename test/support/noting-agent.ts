/** An agent of a tool store that notes what it is told. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreStack } from './store-stack.ts';

export interface NotingAgent {
  /** Words it heard, in order. */
  heard(): string[];
  /** The inventory's line; `onStart` runs once it is started. */
  settings(onStart?: string): string;
}

/**
 * Its notes are all it is: it runs while the last word was "start". A command that is killed half-way has either been heard
 * and done or neither.
 */
export function notingAgent({ folder }: Pick<StoreStack, 'folder'>, isRunning = true): NotingAgent {
  const notes = join(mkdtempSync(join(folder, 'agent-')), 'notes');
  const born = isRunning ? 'start\n' : 'stop\n';
  writeFileSync(notes, born);
  const sh = (script: string): string => JSON.stringify(['sh', '-c', script]);
  return {
    heard: () => readFileSync(notes, 'utf8').slice(born.length).split('\n').slice(0, -1),
    settings: (onStart = 'true') =>
      `agent: { running: ${sh(`test $(tail -n1 ${notes}) = start`)}, stop: ${sh(`echo stop >> ${notes}`)}, start: ${sh(`echo start >> ${notes}; ${onStart}`)} }`,
  };
}
