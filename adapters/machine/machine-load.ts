/** Reads how busy this machine is from the kernel's own counters under /proc, and from its file systems. */
import { readdir, readFile, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { MachineLoadReader } from '../../activities/ports/machine-load.ts';
import type { HeavyProcess } from '../../domain/timeouts/words.ts';
import { readMemory } from './memory.ts';

/** Of the kernel's clock as /proc shows it, on every Linux that Node runs on. */
const ticksPerSecond = 100;

export function createMachineLoad(): MachineLoadReader {
  return {
    async readLoad(root, { watchMs, most, signal }) {
      const began = performance.now();
      const [cpuBefore, before] = await Promise.all([readCpu(), readProcesses()]);
      await delay(watchMs, undefined, signal ? { signal } : {});
      const [cpu, after, memory, load, disk] = await Promise.all([
        readCpu(),
        readProcesses(),
        readMemory(),
        readLoadAverage(),
        statfs(root),
      ]);
      const seconds = (performance.now() - began) / 1_000;
      const total = cpu.total - cpuBefore.total;
      const cores = availableParallelism();
      const used = new Map(before.map(({ pid, startedAt, ticks }) => [`${pid} ${startedAt}`, ticks]));
      const processes = after.map(({ pid, name, startedAt, ticks, memoryBytes }): HeavyProcess => {
        const share = (ticks - (used.get(`${pid} ${startedAt}`) ?? 0)) / ticksPerSecond / seconds;
        return { pid, name, cores: Math.round(share * 100) / 100, memoryBytes };
      });
      return {
        cores,
        busyShare: total === 0 ? 0 : Math.min(1, Math.max(0, 1 - (cpu.idle - cpuBefore.idle) / total)),
        loadPerCore: load / cores,
        ...memory,
        diskBytes: disk.blocks * disk.bsize,
        diskFreeBytes: disk.bavail * disk.bsize,
        heaviest: processes.toSorted((a, b) => b.cores - a.cores || b.memoryBytes - a.memoryBytes).slice(0, most),
      };
    },
  };
}

/** Ticks since boot of all cores together. */
async function readCpu(): Promise<{ readonly total: number; readonly idle: number }> {
  const line = (await readFile('/proc/stat', 'utf8')).split('\n', 1)[0]!;
  // user nice system idle iowait irq softirq steal; guests are part of user already.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { total: ticks.reduce((sum, one) => sum + one, 0), idle: (ticks[3] ?? 0) + (ticks[4] ?? 0) };
}

const readLoadAverage = async (): Promise<number> => Number((await readFile('/proc/loadavg', 'utf8')).split(' ', 1)[0]);

interface SeenProcess {
  readonly pid: number;
  readonly name: string;
  /** Tells it from a later one with the same number. */
  readonly startedAt: string;
  readonly ticks: number;
  readonly memoryBytes: number;
}

async function readProcesses(): Promise<SeenProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const seen = await Promise.all(pids.map(readProcess));
  return seen.filter((one) => one !== undefined);
}

/** Undefined for one that has ended meanwhile. Only `stat` is read: it has the name, and no argument. */
async function readProcess(pid: string): Promise<SeenProcess | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The name stands in brackets and may hold brackets and spaces itself.
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  return {
    pid: Number(pid),
    name: text.slice(text.indexOf('(') + 1, end),
    ticks: Number(fields[11]) + Number(fields[12]),
    startedAt: fields[19] ?? '',
    memoryBytes: Number(fields[21]) * pageBytes,
  };
}

/** What one page of `rss` holds on the machines that Node runs on, but for a few with larger ones. */
const pageBytes = 4096;
