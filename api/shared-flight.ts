/** Lets many readers of one thing share a look at it, without anybody seeing what was looked up before he asked. */

/**
 * At most one look for each key is under way. Whoever asks meanwhile shares the next one, which begins when that ends:
 * a look that began earlier might miss what he has just been told happened. Where `wasInVain` says of an outcome that
 * nobody answered, he gets that one: looking again would only double his wait.
 */
export function createSharedFlight<T>(
  look: (key: string) => Promise<T>,
  wasInVain: (outcome: PromiseSettledResult<T>) => boolean = () => false,
): (key: string) => Promise<T> {
  const flying = new Map<string, { readonly current: Promise<T>; next?: Promise<T> }>();

  function begin(key: string): Promise<T> {
    const current = look(key);
    const flight = { current };
    flying.set(key, flight);
    void Promise.allSettled([current]).then(() => {
      // Nobody waits for a next look: the key is forgotten.
      if (flying.get(key) === flight && !('next' in flight)) flying.delete(key);
    });
    return current;
  }

  async function after(current: Promise<T>, key: string): Promise<T> {
    const [outcome] = await Promise.allSettled([current]);
    if (!wasInVain(outcome)) return begin(key);
    flying.delete(key);
    return current;
  }

  return (key) => {
    const flight = flying.get(key);
    if (!flight) return begin(key);
    return (flight.next ??= after(flight.current, key));
  };
}
