/** Whether something lies at a path, a link that leads nowhere included. */
import { lstat } from 'node:fs/promises';
import { isMissing } from './inside.ts';

export const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
