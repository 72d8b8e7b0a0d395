/** What a recovery goes back to: read from what a person wrote, and held against what can be reached, before anything is done. */
import { fail } from '../../../domain/fail.ts';
import { nameOfKept, sealMoment, type Moment, type PastMoment, type SetAside } from '../../../domain/postgres/moment.ts';
import { parseRecoveryGoal, type AskedGoal } from '../../../domain/postgres/parse-goal.ts';
import { findWindow } from '../../postgres-backups/find-window.ts';
import { backedUpPostgres, type BackedUpPostgres } from '../../postgres-backups/target.ts';
import type { Ports } from '../../ports/index.ts';
import { checkedName } from '../../records/checked-name.ts';
import { keepWholePlan } from '../../records/plans.ts';
import { withMachine } from '../cluster-view.ts';
import type { FoundMoment, PitrWish } from './interface.ts';

export async function findMoment(
  ports: Ports,
  input: { readonly target: string; readonly recovery: string; readonly wish: PitrWish },
  signal?: AbortSignal,
): Promise<FoundMoment> {
  const target = backedUpPostgres(ports, input.target);
  if (target.nodes.some((node) => node.patroni)) throw fail('patroni-runs-it', runByPatroni(target.id));
  const { previous, ...asked } = input.wish;
  const moment: Moment =
    previous === undefined
      ? await findPast(ports, target, asked as AskedGoal, signal)
      : await findSetAside(ports, target, previous);
  const ref = await keepWholePlan(ports.records, checkedName(input.recovery), moment);
  const { sentence } = moment;
  return { ref, sentence, ...('backup' in moment && { backup: moment.backup }) };
}

const runByPatroni = (target: string) => ({
  en: `Patroni runs ${target}, and starts and stops its servers: nothing is put in their place past it.`,
  ja: `${target} のサーバーは Patroni が管理しています。Patroni を介さずに置き換えることはできません。`,
});

async function findPast(ports: Ports, target: BackedUpPostgres, asked: AskedGoal, signal?: AbortSignal): Promise<PastMoment> {
  const parsed = parseRecoveryGoal(asked, ports.inventory().timezone);
  if (!parsed.ok) throw fail('goal-refused', parsed.sentence);
  const { ok: _ok, sentence: said, ...goal } = parsed;
  const { verdict, backup } = await findWindow(ports, { target: target.id, goal }, signal);
  if (!verdict.ok || backup === undefined) throw fail('outside-window', verdict.sentence);
  const sentence = { en: `${said.en} ${verdict.sentence.en}`, ja: `${said.ja}${verdict.sentence.ja}` };
  return sealMoment<PastMoment>({ target: target.id, sentence, goal, backup });
}

/** Wherever on this machine it lies. */
async function findSetAside(ports: Ports, { id, nodes }: BackedUpPostgres, previous: string): Promise<SetAside> {
  const name = nameOfKept(checkedName(previous));
  for (const settings of nodes) {
    const node = withMachine(settings);
    if (node?.control.kind !== 'local' || (await ports.dataExchange.state(node, name)) !== 'done') continue;
    const sentence = {
      en: `Back to the database of ${node.id} that ${previous} set aside.`,
      ja: `${previous} が退避した ${node.id} のデータベースに戻します。`,
    };
    return sealMoment<SetAside>({ target: id, sentence, previous, node: node.id });
  }
  throw fail('not-kept-here', {
    en: `No database that ${previous} set aside lies on this machine.`,
    ja: `${previous} が退避したデータベースはこのマシンにありません。`,
  });
}
