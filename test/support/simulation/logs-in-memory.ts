/** Audit logs in memory, under activities typed as the real ones: a log is a text, and a line that says `bad` is damaged. */
import type { AuditLogActivities, RepairReceipt } from '../../../activities/audit-log/interface.ts';
import { digestOf } from '../../../domain/digest.ts';
import { fail } from '../../../domain/fail.ts';
import type { Plan } from '../../../domain/recovery.ts';
import { plain } from '../../../domain/text.ts';
import type { Journal } from './journal.ts';
import { WorkerDied } from './stage.ts';

interface LogChange {
  readonly before: string;
  readonly after: string;
}

const thing = 'audit log';
const isBad = (line: string): boolean => line.includes('bad');
const linesOf = (log: string): string[] => log.split('\n').filter(Boolean);

export class LogsInMemory {
  readonly #journal: Journal;
  readonly #most: number;
  readonly #isSuspect: boolean;
  readonly #live = new Map<string, string>();
  readonly #plans = new Map<string, LogChange>();

  /** More bad lines than `most` need people; so does every backup where they are suspect. */
  constructor(journal: Journal, most: number, isSuspect: boolean) {
    this.#isSuspect = isSuspect;
    this.#journal = journal;
    this.#most = most;
  }

  read(target: string): string {
    return this.#live.get(target) ?? '';
  }

  write(target: string, after: string, plan = ''): void {
    this.#journal.effect({ target, plan, thing, before: this.read(target), after });
    this.#live.set(target, after);
  }

  activities(): AuditLogActivities {
    return {
      planLogRepair: async ({ target, recovery }) => this.#plan(target, recovery, []),
      planLogRestore: async ({ target, recovery }) => this.#plan(target, recovery, ['good 1', 'good 2']),
      applyLogRepair: async ({ target, plan }) => this.#apply(target, plan),
      undoLogRepair: async ({ target, plan }) => this.#undo(target, plan),
      verifyLogRepair: async ({ target }) => {
        const ok = !linesOf(this.read(target)).some(isBad);
        return [{ id: 'log-lines', ok, sentence: plain(ok ? 'All is well.' : 'A line is bad.') }];
      },
    };
  }

  /** `back`: lines that come back where they are missing. */
  #plan(target: string, recovery: string, back: readonly string[]): Plan {
    const before = this.read(target);
    const lines = linesOf(before);
    const missing = back.filter((line) => !lines.includes(line));
    const bad = lines.filter(isBad).length + missing.length;
    const after = [...lines.filter((line) => !isBad(line)), ...missing].map((line) => `${line}\n`).join('');
    const digest = digestOf({ target, before, after });
    const ref = `plans/${recovery}/${digest}`;
    this.#plans.set(ref, { before, after });
    const plan: Plan = {
      summary: plain(`${bad} bad line(s).`),
      ...{ digest, ref, changes: [], truncated: false },
      size: { items: bad, bytes: before.length, share: 0 },
      counts: { add: bad > 0 ? 3 : 0, overwrite: 0, keep: 1, remove: 0 },
      ...(bad > this.#most && { needsPeople: plain('That is much.') }),
    };
    this.#journal.planned({
      target,
      plan,
      gate: 'log-quarantine',
      ...(back.length > 0 && this.#isSuspect && { consent: 'suspect-backup' }),
    });
    return plan;
  }

  #change(ref: string): LogChange {
    const change = this.#plans.get(ref);
    if (change === undefined) throw fail('plan-changed', plain(`There is no plan ${ref}.`));
    return change;
  }

  #apply(target: string, ref: string): RepairReceipt {
    const { before, after } = this.#change(ref);
    const now = this.read(target);
    if (now !== after) {
      if (now !== before) throw fail('plan-changed', plain('The log is no longer as the plan saw it.'));
      if (this.#journal.call?.fate.endsWith('half-way')) throw new WorkerDied('before the log was in its place');
      this.write(target, after, ref);
    }
    return { receipt: ref, good: linesOf(after).length, salvaged: 0, rejected: 1, rejectedBytes: 1, lateBytes: 0, findings: [] };
  }

  #undo(target: string, ref: string): void {
    const { before, after } = this.#change(ref);
    if (before !== after && this.read(target) === after) this.write(target, before, ref);
  }
}
