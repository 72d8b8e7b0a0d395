/** The effects of bringing code from its git sources, as workflows call them. Every one may run twice. Failures are codes of domain/failures.ts. */
import type { Plan } from '../../domain/recovery.ts';
import type { SourceComparison, SourcesReceipt } from '../../domain/source-code/words.ts';
import type { UndoReceipt } from '../../domain/tool-store/words.ts';

export interface SourceCodeActivities {
  /** Each declared source beside what is there; one that cannot be read is a fault in its place. Reads only. Fails: target-missing. */
  compareSources(input: { target: string }): Promise<readonly SourceComparison[]>;
  /**
   * What bringing every declared source would change; `extras` says whether what the source does not hold stays or is moved out.
   * Writes the whole plan to the record store. Fails: source-unreachable, source-unusable, target-missing.
   */
  planSources(input: { target: string; recovery: string; extras: 'keep' | 'move-out' }): Promise<Plan>;
  /**
   * Copies and checks what goes, then brings each file by write-new, fsync, rename.
   * Fails: plan-changed, not-protected, source-unreachable, source-unusable, target-read-only, disk-full.
   */
  applySources(input: { target: string; plan: string; digest: string }): Promise<SourcesReceipt>;
  /** Takes an applied (or half applied) plan back; what somebody changed since stays and is named. */
  undoSources(input: { target: string; plan: string }): Promise<UndoReceipt>;
}
