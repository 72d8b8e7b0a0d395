/** Runs the code of one tool, apart from everything. */

export type SampleResult =
  | { readonly outcome: 'returned'; readonly value: unknown }
  | { readonly outcome: 'threw' | 'timed-out' | 'crashed'; readonly message: string };

export interface SampleRunner {
  /**
   * Calls the tool's `execute(parameters)` in a Node process of its own, in a context without require, process or timers,
   * allowed to read nothing but `scratch` and to write nothing. `scratch` is an existing folder for this one run.
   */
  run(
    sample: { readonly code: string; readonly parameters: Readonly<Record<string, unknown>>; readonly timeoutMs: number },
    scratch: string,
    signal?: AbortSignal,
  ): Promise<SampleResult>;
}
