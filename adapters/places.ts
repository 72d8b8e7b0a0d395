/** Places that spread requests, each by the adapter of its kind. */
import type { Proxy, Traffic } from '../activities/ports/traffic.ts';
import type { WeightedName } from '../contracts/weighted-name-settings.ts';

export const createPlaces = (proxies: Traffic<Proxy>, names: Traffic<WeightedName>): Traffic => ({
  look: (place, ...rest) => ('name' in place ? names.look(place, ...rest) : proxies.look(place, ...rest)),
  set: (place, ...rest) => ('name' in place ? names.set(place, ...rest) : proxies.set(place, ...rest)),
  save: (place, ...rest) => ('name' in place ? names.save(place, ...rest) : proxies.save(place, ...rest)),
});
