/** What looks like a secret in a log line or a tool: told by its kind and place, never by itself. */

/** Names in the reports; the patterns are those of the issuers, so that prose and hashes do not match. */
const patterns: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})/],
  ['GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/],
  ['Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/],
  ['Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['API key', /\bsk-(?=[A-Za-z_-]{0,80}\d)[A-Za-z0-9_-]{20,}/],
  ['JSON web token', /\beyJ[A-Za-z0-9_-]{10,400}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10}/],
  ['bearer token', /\bauthorization\\?["']?\s*[:=]\s*\\?["']?bearer\s+[A-Za-z0-9._~+/-]{16,}/i],
  ['password in an address', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'\\$<{]+:[^\s/@"'\\$<{*]{4,}@/i],
];

const named =
  /\b(?:password|passwd|secret|api[_-]?key|access[_-]?token|client[_-]?secret)\\?["']?\s*[:=]\s*\\?["']([^"'\\\s]{8,})\\?["']/gi;
const placeholder = /^(?:[*x.•-]+|<.*>|\$\{.*|\{\{.*|%.*%|example.*|changeme.*|your[_-].*|redacted.*|\[.*)$/i;
/** Nearly every line is dismissed by this one look. */
const maybe =
  /PRIVATE KEY-----|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|AIza|npm_|sk-|eyJ|:\/\/[^\s/]*@|authorization|passw|secret|api[_-]?key|token/i;

/** Kinds of what looks like a secret in this text; empty for nearly every text. */
export function leaksIn(text: string): readonly string[] {
  if (!maybe.test(text)) return [];
  const found = patterns.filter(([, pattern]) => pattern.test(text)).map(([kind]) => kind);
  const values = [...text.matchAll(named)].some(([, value]) => !placeholder.test(value!));
  return values ? [...found, 'password or key'] : found;
}
