/** The record store: what must outlive Temporal's retention. A directory or an object store. */
export interface RecordStore {
  /** Writes or replaces, atomically and durably. Keys are `/`-separated, without `..`. */
  put(key: string, body: string): Promise<void>;
  /** Writes only where nothing is; answers whether this call wrote. Of many racing writers exactly one wins. */
  create(key: string, body: string): Promise<boolean>;
  /** The body, or undefined when there is none. */
  get(key: string): Promise<string | undefined>;
  /** Keys below a prefix that ends with `/`, sorted. */
  list(prefix: string): Promise<readonly string[]>;
  /** Twice is fine. */
  remove(key: string): Promise<void>;
}
