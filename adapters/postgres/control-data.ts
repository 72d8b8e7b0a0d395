/** What `pg_controldata` tells of a data directory: how its server stands or ended, on which timeline, and the size of its log files. PostgreSQL 14 to 18. */
import type { MachineSettings } from '../../activities/ports/node-control.ts';
import { readLines } from './run-program.ts';

export interface ControlData {
  /** As PostgreSQL words it: `in production`, `in archive recovery`, `shut down`, `shut down in recovery` … */
  readonly state: string;
  readonly logFileBytes: number;
  /** Of its last checkpoint, or of the end of a recovery behind that: a fast promotion makes no checkpoint, and its next start follows it all the same. */
  readonly timeline: number;
}

export async function readControlData(control: Pick<MachineSettings, 'data' | 'bin'>): Promise<ControlData> {
  const facts = new Map<string, string>();
  const { said } = await readLines(control, 'pg_controldata', ['-D', control.data], (line) => {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) facts.set(name, value!);
  });
  const state = facts.get('Database cluster state');
  const logFileBytes = Number(facts.get('Bytes per WAL segment'));
  const timelines = ["Latest checkpoint's TimeLineID", "Min recovery ending loc's timeline"].map((name) =>
    Number(facts.get(name)),
  );
  const timeline = Math.max(...timelines);
  if (state === undefined || !(logFileBytes > 0) || !(timeline > 0)) {
    throw new Error(said.trim() || 'pg_controldata said nothing');
  }
  return { state, logFileBytes, timeline };
}
