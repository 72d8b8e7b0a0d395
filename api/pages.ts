/** Cuts a list into pages, newest first, with an opaque cursor that stays right while new items come. */
import { badRequest } from './problem.ts';

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Sorts by `orderOf`, greatest first, and answers the page after the cursor. The cursor holds the order of the last item
 * shown, so that items which came or went meanwhile shift nothing. `orderOf` is unique for each item.
 */
export function pageOf<T>(all: readonly T[], { limit, cursor }: PageQuery, orderOf: (item: T) => string) {
  const after = cursor === undefined ? undefined : decode(cursor);
  const ordered = all.map((item) => ({ item, order: orderOf(item) })).toSorted((a, b) => (a.order < b.order ? 1 : -1));
  const rest = after === undefined ? ordered : ordered.filter(({ order }) => order < after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    ...(last && rest.length > page.length && { next: encode(last.order) }),
  };
}

const mark = 'after:';
const encode = (order: string): string => Buffer.from(mark + order).toString('base64url');

function decode(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (text.startsWith(mark) && encode(text.slice(mark.length)) === cursor) return text.slice(mark.length);
  throw badRequest([{ path: 'query.cursor', message: 'not a `next` of this list' }]);
}

/** A page of a list that has an order of its own, such as the inventory's. */
export function pageInOrder<T>(all: readonly T[], query: PageQuery) {
  const places = new Map(all.map((item, place) => [item, String(999_999 - place)]));
  return pageOf(all, query, (item) => places.get(item)!);
}
