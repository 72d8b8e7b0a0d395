/** Time that passes only when something happens: a queue of what is due, one event after the other. */

interface Due {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void | Promise<void>;
}

export class Timeline {
  /** Milliseconds since 1970, as workflows see them. */
  now: number;
  readonly #queue: Due[] = [];
  #order = 0;

  constructor(now: number) {
    this.now = now;
  }

  /** What is due at the same time happens in the order in which it was planned. */
  after(ms: number, happen: Due['happen']): void {
    const due = { at: this.now + ms, order: this.#order++, happen };
    let place = this.#queue.length;
    while (place > 0 && isLater(this.#queue[place - 1]!, due)) place--;
    this.#queue.splice(place, 0, due);
  }

  /** Lets the next event happen and end; false when nothing is due any more, or only after `limit`. */
  async step(limit: number): Promise<boolean> {
    const next = this.#queue[0];
    if (next === undefined || next.at > limit) return false;
    this.#queue.shift();
    this.now = next.at;
    await next.happen();
    return true;
  }
}

const isLater = (one: Due, other: Due): boolean => one.at > other.at || (one.at === other.at && one.order > other.order);
