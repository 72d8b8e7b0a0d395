/** The search for the last good moment: a person's check, asked of production and of a restored copy at one instant after the other. */
import { fail } from '../../../domain/fail.ts';
import { parseInstant } from '../../../domain/instants/parse-instant.ts';
import type { RecoveryGoal } from '../../../domain/postgres/recovery-goal.ts';
import { findWindow } from '../../postgres-backups/find-window.ts';
import { backedUpPostgres } from '../../postgres-backups/target.ts';
import type { Ports } from '../../ports/index.ts';
import { primaryOf } from '../check-cluster.ts';
import type { PostgresPitrActivities, Stretch } from './interface.ts';
import { bringTo } from './restored-copy.ts';

type Input<Name extends keyof PostgresPitrActivities> = Parameters<PostgresPitrActivities[Name]>[0];

export async function askNow(ports: Ports, input: Input<'askPostgresNow'>, signal?: AbortSignal) {
  const target = backedUpPostgres(ports, input.target);
  const primary = await primaryOf(ports, target, signal);
  return { good: await ports.postgres.ask(primary, target, input.check, signal) };
}

export async function findStretch(ports: Ports, input: Input<'findPostgresStretch'>, signal?: AbortSignal): Promise<Stretch> {
  const bad = instantOf(ports, input.bad);
  const { window, verdict } = await findWindow(ports, { target: input.target, goal: { kind: 'time', at: bad } }, signal);
  if (window === undefined) throw fail('outside-window', verdict.sentence);
  const { from, until } = window;
  const good = input.good === undefined ? from.at : instantOf(ports, input.good);
  const end = Date.parse(bad) < Date.parse(until.at) ? bad : until.at;
  const isInside = Date.parse(good) >= Date.parse(from.at) && Date.parse(good) < Date.parse(end);
  if (!isInside) {
    throw fail('outside-window', {
      en: `Between ${good} and ${end} there is nothing to search: the window goes from ${from.at} to ${until.at}.`,
      ja: `${good} から ${end} までに探す範囲がありません。復旧できる範囲は ${from.at} から ${until.at} です。`,
    });
  }
  return { good, bad: end };
}

/** Fails: goal-refused. */
function instantOf(ports: Ports, text: string): string {
  const parsed = parseInstant(text, ports.inventory().timezone);
  if (!parsed.ok) throw fail('goal-refused', parsed.sentence);
  return parsed.at;
}

export async function askThen(ports: Ports, input: Input<'askPostgresThen'>, signal?: AbortSignal) {
  const target = backedUpPostgres(ports, input.target);
  const goal: RecoveryGoal = { kind: 'time', at: input.at };
  const backup = async (): Promise<string> => {
    const found = await findWindow(ports, { target: target.id, goal }, signal);
    if (found.backup === undefined) throw fail('outside-window', found.verdict.sentence);
    return found.backup;
  };
  const server = await bringTo(ports, target, { recovery: input.recovery, goal, backup }, signal);
  return { good: await ports.postgres.ask(server, target, input.check, signal) };
}
