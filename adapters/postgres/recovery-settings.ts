/** A goal of a restore in PostgreSQL's own settings. */
import type { AfterRecovery, RecoveryGoal } from '../../domain/postgres/recovery-goal.ts';
import { isWellFormed } from '../../domain/postgres/recovery-goal.ts';

/** What an earlier restore of this very cluster left would be a second goal, which no server takes. */
const noTarget = {
  recovery_target: '',
  recovery_target_time: '',
  recovery_target_lsn: '',
  recovery_target_xid: '',
  recovery_target_name: '',
  recovery_target_inclusive: 'on',
} as const;

/** Of `latest` nothing: the log is replayed to its end, and that promotes. Throws on what is no goal. */
export function recoverySettings(goal: RecoveryGoal, then: AfterRecovery): Readonly<Record<string, string>> {
  if (!isWellFormed(goal)) throw new TypeError(`${JSON.stringify(goal)} is no goal of a restore`);
  // The end of a backup lies on its own timeline; every other goal may lie behind a promotion.
  const timeline = goal.kind === 'immediate' ? 'current' : 'latest';
  const target = targetOf(goal);
  // The goal comes behind those that are taken back: a server reads them in this order, and bears one at a time.
  const others = Object.entries(noTarget).filter(([name]) => !(name in target));
  return {
    ...Object.fromEntries(others),
    recovery_target_timeline: timeline,
    ...target,
    ...(goal.kind === 'latest' ? {} : { recovery_target_action: then }),
  };
}

function targetOf(goal: RecoveryGoal): Record<string, string> {
  switch (goal.kind) {
    case 'time':
      return { recovery_target_time: postgresTime(goal.at) };
    case 'lsn':
      return { recovery_target_lsn: goal.lsn };
    case 'xid':
      return { recovery_target_xid: goal.xid };
    case 'name':
      return { recovery_target_name: goal.name };
    case 'immediate':
      return { recovery_target: 'immediate' };
    case 'latest':
      return {};
  }
}

/** In UTC, whatever offset it was given with, and to the microsecond where it says one. */
export function postgresTime(iso: string): string {
  const [, fraction = ''] = /\.(\d{1,6})/.exec(iso) ?? [];
  const whole = new Date(Date.parse(iso)).toISOString().slice(0, 19).replace('T', ' ');
  return `${whole}${fraction && `.${fraction}`}+00`;
}
