/** The machine in one line: what matters for the figures, nothing that names it. */
import { availableParallelism, loadavg, totalmem } from 'node:os';
import process from 'node:process';

export function describeMachine(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const load = `load ${loadavg()[0]!.toFixed(1)} at the start`;
  return `${availableParallelism()} cores, ${memory}, ${process.platform} ${process.arch}, Node ${process.version}, ${load}`;
}
