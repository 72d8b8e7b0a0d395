/** What a small cluster keeps: objects by their path, each with its version and its generation. */

export interface Kept {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

export class Objects {
  readonly #kept = new Map<string, Kept>();
  #version = 100;

  get = (path: string): Kept | undefined => this.#kept.get(path);
  /** Of a resource, such as `/pods/`, in all namespaces. */
  of = (resource: string): [string, Kept][] => [...this.#kept].filter(([path]) => path.includes(resource));
  remove = (path: string): void => void this.#kept.delete(path);

  create(path: string, object: Pick<Kept, 'spec' | 'status'> & { readonly metadata: Partial<Kept['metadata']> }): Kept {
    const uid = `uid-${this.#version}`;
    const name = path.split('/').at(-1)!;
    return this.#keep(path, { ...object, metadata: { ...object.metadata, name, uid, resourceVersion: '', generation: 1 } });
  }

  /** By merging (RFC 7396). What changes nothing makes no new version. */
  patch(path: string, change: object): Kept {
    const found = this.#kept.get(path)!;
    const merged = merge(found, change) as Kept;
    if (JSON.stringify(merged) === JSON.stringify(found)) return found;
    const isNewSpec = JSON.stringify(merged.spec) !== JSON.stringify(found.spec);
    const generation = found.metadata.generation + Number(isNewSpec);
    return this.#keep(path, { ...merged, metadata: { ...merged.metadata, generation } });
  }

  #keep(path: string, object: Kept): Kept {
    const kept = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } };
    this.#kept.set(path, kept);
    return kept;
  }
}

function merge(into: unknown, change: unknown): unknown {
  if (!isObject(change)) return change;
  const kept = isObject(into) ? into : {};
  const merged = Object.entries(change).map(([key, value]) => [key, merge(kept[key], value)] as const);
  return Object.fromEntries(Object.entries({ ...kept, ...Object.fromEntries(merged) }).filter(([, value]) => value !== null));
}
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
