/** A fault that no single field shows, and how content is read whose shape nobody has checked yet. */

export interface CrossFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Empty where it is something else. */
export const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

/** With their places; empty where it is no list. */
export const entries = (value: unknown): [number, Fields][] =>
  Array.isArray(value) ? value.map((item, index) => [index, fields(item)]) : [];
