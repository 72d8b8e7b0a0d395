/** Takes out of a text what looks like a secret, for words of programs and files that nobody promised to be free of them. */

/** Each keeps what stands before the secret, and what stands behind it. */
const patterns: readonly RegExp[] = [
  /([a-z]:\/\/[^\s/:@]{0,200}:)[^\s]{1,500}(@)/gi,
  /((?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key)[\w-]{0,40}["']?\s{0,5}[:=]\s{0,5})(?:"[^"]*"|'[^']*'|[^\s"',;]+)()/gi,
  /(\bbearer\s{1,5})[\w.~+/=-]{8,}()/gi,
  /(\bSCRAM-SHA-256\$)[^\s"']+()/g,
  /(\bmd5)[0-9a-f]{32}\b()/g,
  /(-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----)[^-]*()/g,
];

/** The same text where nothing looks like one. */
export const conceal = (text: string): string => patterns.reduce((clean, pattern) => clean.replace(pattern, '$1…$2'), text);
