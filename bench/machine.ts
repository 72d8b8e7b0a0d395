/** The machine in one line: what matters for the figures, nothing that names it. */
import { availableParallelism, loadavg, totalmem } from 'node:os';
import process from 'node:process';

export function describeMachine(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${availableParallelism()} cores, ${memory}, ${process.platform} ${process.arch}, Node ${process.version}`;
}

/** What else is going on, as the average of the last minute. */
export const currentLoad = (): number => Math.round(loadavg()[0]! * 10) / 10;
