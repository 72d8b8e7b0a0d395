/** A read-only look at a target: what was seen, and which scenario it suggests. */
import type { Text } from './text.ts';

export interface Diagnosis {
  readonly target: string;
  readonly at: string;
  readonly symptoms: readonly {
    readonly id: string;
    readonly sentence: Text;
    readonly evidence?: Readonly<Record<string, unknown>>;
  }[];
  readonly suggests: readonly { readonly scenario: string; readonly input: unknown; readonly why: Text }[];
}
