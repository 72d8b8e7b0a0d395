/** A phase with a time budget: when it is used up, the ledger says so and people are told; nothing is stopped by it. */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { FullSystemActivities } from '../../activities/full-system/interface.ts';
import { tellFailure } from '../kit/ending.ts';
import type { Recovery } from '../kit/words.ts';

interface Budget {
  readonly phase: string;
  readonly minutes: number;
}

/** Ends as `work` does. */
export async function within(r: Recovery, { phase, minutes }: Budget, work: () => Promise<void>): Promise<void> {
  const clock = new CancellationScope();
  const watching = clock
    .run(() => sleep(minutes * 60_000, { summary: `time budget of ${phase}` }))
    .then(
      () => sayOver(r, phase, minutes),
      (error: unknown) => {
        if (!isCancellation(error)) throw error;
      },
    );
  try {
    await work();
  } finally {
    clock.cancel();
    await watching;
  }
}

/** A step of its own, so that it stands where people look. It never fails: what could not be sent is said instead. */
const sayOver = (r: Recovery, phase: string, minutes: number): Promise<void> =>
  r.step<void>(`over budget: ${phase}`, async () => {
    const { target, id: system } = r;
    const over = { en: `${phase} takes longer than its ${minutes} min.`, ja: `${phase} が予定の ${minutes} 分を超えました。` };
    try {
      const { reached } = await r.on<FullSystemActivities>().patient.tellOverBudget({ target, system, phase, minutes });
      return {
        value: undefined,
        sentence: { en: `${over.en} Told through ${reached} channel(s).`, ja: `${over.ja}${reached} 件の経路で通知。` },
      };
    } catch (error) {
      const { en, ja } = tellFailure(error).sentence;
      return { value: undefined, sentence: { en: `${over.en} Nobody was told: ${en}`, ja: `${over.ja}通知できません: ${ja}` } };
    }
  });
