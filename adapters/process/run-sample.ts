/** Runs the code of one tool in a Node process of its own that may read one scratch folder and nothing else. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleResult, SampleRunner } from '../../activities/ports/sample-runner.ts';
import { sampleProgram } from './sample-program.ts';

/** A result larger than this is not looked at. */
const outputLimit = 256 * 1024;
/** Starting Node is not the tool's time. */
const startMs = 2_000;

/** The flags that make the wall: see sample-program.ts. */
export const samplePermissions = (scratch: string): readonly string[] => [
  '--permission',
  `--allow-fs-read=${scratch}`,
  '--no-addons',
  '--disallow-code-generation-from-strings',
  '--max-old-space-size=128',
];

export function createSampleRunner(): SampleRunner {
  return {
    async run({ code, parameters, timeoutMs }, scratch, signal) {
      const program = join(scratch, 'sample.cjs');
      await writeFile(program, sampleProgram);
      await writeFile(join(scratch, 'sample.json'), JSON.stringify({ code, parameters, timeoutMs }));
      return new Promise<SampleResult>((resolve) => {
        let output = '';
        let ended: SampleResult | undefined;
        const child = spawn(process.execPath, [...samplePermissions(scratch), program], {
          cwd: scratch,
          env: {},
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const stop = (result: SampleResult): void => {
          ended ??= result;
          child.kill('SIGKILL');
        };
        const timer = setTimeout(
          () => stop({ outcome: 'timed-out', message: `no answer within ${timeoutMs} ms` }),
          timeoutMs + startMs,
        );
        const onAbort = (): void => stop({ outcome: 'crashed', message: 'stopped' });
        if (signal?.aborted) onAbort();
        signal?.addEventListener('abort', onAbort, { once: true });
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          if (output.length > outputLimit) stop({ outcome: 'crashed', message: `more than ${outputLimit} characters of output` });
        });
        child.once('error', (error) => stop({ outcome: 'crashed', message: error.message }));
        child.once('close', (exitCode, killedBy) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          resolve(
            ended ??
              parse(output) ?? { outcome: 'crashed', message: `the process ended with ${killedBy ?? exitCode} and no answer` },
          );
        });
      });
    },
  };
}

function parse(output: string): SampleResult | undefined {
  try {
    return JSON.parse(output) as SampleResult;
  } catch {
    return undefined;
  }
}
