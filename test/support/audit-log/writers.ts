/** Other processes that append to a log at full speed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./writer.mjs', import.meta.url));

export interface Writer {
  readonly name: string;
  /** How many lines it wrote, once it is through. */
  readonly wrote: Promise<number>;
}

/** Answers when it has begun. */
export async function startWriter(how: 'opens' | 'holds' | 'rests', path: string, name: string, forMs: number): Promise<Writer> {
  const child = spawn(process.execPath, [program, how, path, name, String(forMs)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const wrote = once(child, 'close').then(() => Number(said.split('\n')[1]));
  await once(child.stdout, 'data');
  return { name, wrote };
}

/** Numbers of a writer's lines in a file, in the order in which they stand. */
export function numbersOf(path: string, name: string): number[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"toolName":"${name}"`))
    .map((line) => (JSON.parse(line) as { n: number }).n);
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
