/** A record store in memory, with the promises of the port. */
import type { RecordStore } from '../../activities/ports/records.ts';

export interface MemoryRecords extends RecordStore {
  readonly content: Map<string, string>;
}

export function createMemoryRecords(): MemoryRecords {
  const content = new Map<string, string>();
  return {
    content,
    async put(key, body) {
      content.set(key, body);
    },
    async create(key, body) {
      if (content.has(key)) return false;
      content.set(key, body);
      return true;
    },
    async get(key) {
      return content.get(key);
    },
    async list(prefix) {
      return [...content.keys()].filter((key) => key.startsWith(prefix)).toSorted();
    },
    async remove(key) {
      content.delete(key);
    },
  };
}
