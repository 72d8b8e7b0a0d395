/** A name, or several of which one will do: nodes that may take over, in no order. */

export type OneOf = string | readonly string[];

export const namesIn = (one: OneOf): readonly string[] => (typeof one === 'string' ? [one] : one);
