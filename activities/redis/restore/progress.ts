/** How far the replacing of data has come, on record: whoever begins anew knows it, and an attempt that was given up for dead notices. */
import { fail } from '../../../domain/fail.ts';
import type { RecordStore } from '../../ports/records.ts';

interface Progress {
  /** Of several attempts the last one counts. */
  readonly attempt: string;
  /** The data of the master may be another one's. */
  readonly isBegun: boolean;
  /** It is the backup's: from here on clients write to it, and nobody copies it again. */
  readonly isCopied: boolean;
}

type Records = { readonly records: RecordStore };

export async function readProgress({ records }: Records, key: string): Promise<Progress | undefined> {
  const text = await records.get(key);
  return text === undefined ? undefined : (JSON.parse(text) as Progress);
}

/** From now on earlier attempts are over. Answers how this one notes what it has done; that fails where it is over itself. */
export async function beginAttempt(ports: Records, key: string) {
  const attempt = globalThis.crypto.randomUUID();
  const put = (progress: Progress): Promise<void> => ports.records.put(key, JSON.stringify(progress));
  await put({ attempt, isBegun: (await readProgress(ports, key))?.isBegun === true, isCopied: false });
  return async (isCopied: boolean): Promise<void> => {
    if ((await readProgress(ports, key))?.attempt !== attempt) throw overtaken();
    await put({ attempt, isBegun: true, isCopied });
  };
}

const overtaken = () => fail('plan-changed', { en: 'Another attempt has begun meanwhile.', ja: '別の試行が始まっています。' });
