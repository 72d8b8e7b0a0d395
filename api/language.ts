/** Which language a reader wants: the best of ja and en in Accept-Language, else the inventory's. */
import type { Locale, Text } from '../domain/text.ts';

/** `ja-JP;q=0.8, en` → en. A language with q=0 is unwanted; `*` stands for the default. */
export function chooseLocale(acceptLanguage: string | undefined, fallback: Locale): Locale {
  let best: { locale: Locale; weight: number } | undefined;
  for (const part of (acceptLanguage ?? '').split(',')) {
    const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
    const name = range.split('-')[0];
    const locale = name === '*' ? fallback : name === 'ja' || name === 'en' ? name : undefined;
    const stated = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find((q) => q !== undefined);
    const weight = stated === undefined ? 1 : Number(stated);
    if (locale && weight > (best?.weight ?? 0)) best = { locale, weight };
  }
  return best?.locale ?? fallback;
}

/** The sentence in the reader's language. */
export const say = (text: Text, locale: Locale): string => text[locale];

/** A record as one reader gets it: every sentence in it, however deep, in one language. */
export function inLanguage(value: unknown, locale: Locale): unknown {
  if (Array.isArray(value)) return value.map((item) => inLanguage(item, locale));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  if (entries.length === 2 && entries.every(([key, words]) => (key === 'en' || key === 'ja') && typeof words === 'string')) {
    return say(value as Text, locale);
  }
  return Object.fromEntries(entries.map(([key, member]) => [key, inLanguage(member, locale)]));
}
