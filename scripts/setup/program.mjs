/** Runs a long program and shows every few seconds how far it is. */
import { spawn } from 'node:child_process';
import process from 'node:process';

const everyMs = 5_000;

/**
 * Answers its exit code (127 when it is not there) and the last of its output.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ title: string, cwd?: string, env?: NodeJS.ProcessEnv, describe?: (lines: number, last: string) => string, stuckAfterMs?: number, progress?: () => number }} options
 *   `describe` turns output so far into a few words; with `stuckAfterMs` it is killed once `progress()` has not grown for so long
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runProgram(command, args, { title, cwd, env, describe, stuckAfterMs, progress = () => 0 }) {
  const start = Date.now();
  process.stdout.write(`${title} …\n`);
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let lines = 0;
    let last = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (/** @type {Buffer} */ chunk) => {
        const text = chunk.toString();
        output = (output + text).slice(-8_000);
        lines += text.split('\n').length - 1;
        last = text.trim().split('\n').at(-1) || last;
      });
    }
    const shown = setInterval(() => {
      const words = describe?.(lines, last);
      process.stdout.write(`  ${Math.round((Date.now() - start) / 1_000)} s${words ? `: ${words}` : ''}\n`);
    }, everyMs);
    let reached = progress();
    let movedAt = start;
    const watch = setInterval(() => {
      const now = progress();
      if (now !== reached) [reached, movedAt] = [now, Date.now()];
      if (stuckAfterMs === undefined || Date.now() - movedAt < stuckAfterMs) return;
      output += `\nno progress for ${Math.round(stuckAfterMs / 1_000)} s`;
      child.kill('SIGKILL');
    }, 200);
    // Ctrl-C during a long build ends the build as well; it goes on where it was at the next start.
    const stop = () => child.kill('SIGTERM');
    process.once('SIGTERM', stop);
    /** @param {number} code */
    const end = (code) => {
      clearInterval(shown);
      clearInterval(watch);
      process.removeListener('SIGTERM', stop);
      resolve({ code, output });
    };
    child.once('error', (error) => {
      output += error.message;
      end(127);
    });
    child.once('close', (code) => end(code ?? 1));
  });
}
