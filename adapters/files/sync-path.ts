/** Makes what was written durable: of a file its bytes, of a folder the names that were made, renamed or removed in it. */
import { open } from 'node:fs/promises';

export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
