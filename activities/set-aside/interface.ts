/** Putting tools away where the agent does not look, and bringing them back. Every one may run twice. Failures are codes of domain/failures.ts. */
import type { Plan } from '../../domain/recovery.ts';
import type { AsideFolder, MoveReceipt, ToolToSetAside, UndoMovesReceipt } from '../../domain/set-aside/move-plan.ts';
import type { Text } from '../../domain/text.ts';
import type { Check } from '../../domain/verification.ts';

export interface SetAsideActivities {
  /**
   * Reads only. Where another version lies under the name in `disabled/` or `quarantine/`, the file gets a numbered name beside it.
   * Writes the whole plan to the record store. Fails: no-such-tool, target-missing.
   */
  planSetAside(input: {
    target: string;
    recovery: string;
    tools: readonly ToolToSetAside[];
    into: AsideFolder;
    /** What those who decide must know beside the plan; with it they are asked whatever the policy says. */
    note?: Text | undefined;
  }): Promise<Plan>;
  /** Moves each file without a moment in which it is nowhere; never overwrites. Fails: plan-changed, target-read-only, disk-full, target-missing. */
  applySetAside(input: { target: string; plan: string; digest: string }): Promise<MoveReceipt>;
  /** Takes an applied, or half applied, plan back. What others wrote meanwhile stays, and is named. Fails: plan-changed, target-read-only, disk-full. */
  undoSetAside(input: { target: string; plan: string }): Promise<UndoMovesReceipt>;

  /**
   * Reads only. `tools` are ids, names, or file names without `.json`; of several versions the one that was put away last. From
   * `quarantine` people must decide whatever the policy says. Fails: no-such-tool, tool-unreadable, tool-clash, target-missing.
   */
  planBringBack(input: {
    target: string;
    recovery: string;
    tools: readonly string[];
    from: AsideFolder;
    /** What an investigation found, for those who decide. */
    finding?: string | undefined;
  }): Promise<Plan>;
  /** As applySetAside. */
  applyBringBack(input: { target: string; plan: string; digest: string }): Promise<MoveReceipt>;
  /** As undoSetAside. */
  undoBringBack(input: { target: string; plan: string }): Promise<UndoMovesReceipt>;

  /** Each moved file in its place byte for byte, none in the old one, every other tool untouched. Serves both ways. Reads only. */
  verifyMoves(input: { target: string; plan: string }): Promise<readonly Check[]>;
}
