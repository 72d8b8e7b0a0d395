/** A record store that tells a full or closed disk as a failure of the table, so that a person is asked instead of a workflow lost. */
import { fail } from '../domain/fail.ts';
import type { RecordStore } from './ports/records.ts';

const mendable = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'];

export function tellingStore(records: RecordStore): RecordStore {
  const telling = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined || !mendable.includes(code)) throw error;
      throw fail('record-store-unusable', {
        en: `The record store refuses (${code}): ${message}`,
        ja: `記録の保存先が使えません (${code}): ${message}`,
      });
    }
  };
  return {
    put: (key, body) => telling(records.put(key, body)),
    create: (key, body) => telling(records.create(key, body)),
    get: (key) => telling(records.get(key)),
    list: (prefix) => telling(records.list(prefix)),
    remove: (key) => telling(records.remove(key)),
  };
}
