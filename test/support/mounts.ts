/** File systems that refuse: read-only and full, made with mounts so that also root meets them. */
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/** The folder read-only while `work` runs. */
export async function onReadOnly(folder: string, work: () => Promise<void>): Promise<void> {
  execFileSync('mount', ['--bind', folder, folder]);
  try {
    execFileSync('mount', ['-o', 'remount,ro,bind', folder]);
    await work();
  } finally {
    execFileSync('umount', [folder]);
  }
}

export const makeWritable = (folder: string): Buffer => execFileSync('mount', ['-o', 'remount,rw,bind', folder]);

/** The folder on a file system of its own of `size`, such as `256k`, while `work` runs. */
export async function onSmallDisk(folder: string, size: string, work: () => Promise<void>): Promise<void> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  try {
    await work();
  } finally {
    execFileSync('umount', [folder]);
  }
}

/** Appends until the file system is full. */
export function fillUp(file: string): void {
  try {
    for (;;) appendFileSync(file, Buffer.alloc(4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
