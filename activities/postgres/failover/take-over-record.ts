/** What is on record before a standby is promoted: from then on the nodes before it stay fenced, whatever became of the recovery. */
import type { RecordStore } from '../../ports/records.ts';
import { checkedName } from '../../records/checked-name.ts';
import { takeOverKey, takeOversPrefix } from '../../records/keys.ts';

interface TakeOver {
  readonly node: string;
  /** Where its own log begins, as far as it had that of the others. */
  readonly position: string;
  /** Of the log before. */
  readonly timeline: number;
  /** Nodes that were kept from writing for it. */
  readonly fenced: readonly string[];
}

type Records = { readonly records: RecordStore };

export const keepTakeOver = ({ records }: Records, target: string, recovery: string, takeOver: TakeOver): Promise<void> =>
  records.put(takeOverKey(target, checkedName(recovery)), JSON.stringify(takeOver));

export async function readTakeOver({ records }: Records, target: string, recovery: string): Promise<TakeOver | undefined> {
  const text = await records.get(takeOverKey(target, checkedName(recovery)));
  return text === undefined ? undefined : (JSON.parse(text) as TakeOver);
}

/** The one by which `node` left `timeline`, in whichever recoveries that was; undefined where none of ours did it. */
export async function findTakeOver(
  { records }: Records,
  target: string,
  of: Pick<TakeOver, 'node' | 'timeline'>,
): Promise<TakeOver | undefined> {
  const texts = await Promise.all((await records.list(takeOversPrefix(target))).map((key) => records.get(key)));
  const all = texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as TakeOver]));
  const [first, ...others] = all.filter(({ node, timeline }) => node === of.node && timeline === of.timeline);
  return first && { ...first, fenced: [first, ...others].flatMap(({ fenced }) => fenced) };
}
