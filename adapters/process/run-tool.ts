/** What a backup tool said when it did not do what it was asked. */
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import { hasCode } from '../files/inside.ts';
import { runAsOwner, type Ended, type OwnerProgram } from './run-as-owner.ts';

/** As `runAsOwner`; fails with backup-tool-failed where the program cannot be started. */
export async function runTool(program: OwnerProgram): Promise<Ended> {
  try {
    return await runAsOwner(program);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EACCES', 'EPERM')) throw error;
    throw fail('backup-tool-failed', {
      en: `${program.program} cannot be started: ${(error as Error).message}`,
      ja: `${program.program} を起動できません: ${(error as Error).message}`,
    });
  }
}

export const toolFailed = (what: string, { code, said, output }: Ended) =>
  fail('backup-tool-failed', refusal(what, code, said || output.trim().slice(-500)));

/** A backup that cannot be unpacked is damaged, unless there is no room for it. */
export const corrupt = (what: string, { code, said, output }: Ended) =>
  fail(
    said.includes('No space left on device') ? 'scratch-unusable' : 'backup-corrupt',
    refusal(what, code, said || output.trim().slice(-500)),
  );

const refusal = (what: string, code: number | null, said: string): Text => ({
  en: `${what} ended with ${code ?? 'a signal'}: ${said.slice(0, 600)}`,
  ja: `${what} が ${code ?? 'シグナル'} で終了しました: ${said.slice(0, 600)}`,
});
