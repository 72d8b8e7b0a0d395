/** Commands of the inventory: program and arguments, never a shell. */

export interface CommandResult {
  /** Null when it did not end by itself. */
  readonly exitCode: number | null;
  /** Why there is no exit code. */
  readonly ended: 'exited' | 'timed-out' | 'killed' | 'not-found' | 'not-allowed';
  /** The first 2,000 characters of standard error, or of the reason it could not run. */
  readonly stderr: string;
}

export interface CommandRunner {
  /** Never throws for what the command does. What it leaves running in the background goes on; at the time limit its whole group is killed. */
  run(argv: readonly string[], options: { timeoutMs: number; signal?: AbortSignal | undefined }): Promise<CommandResult>;
}
