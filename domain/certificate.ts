/** Certificates of a connection: how long they hold, and when that is worth a word. */
import { symptom, type Symptom } from './symptom.ts';

/** Of all that a connection rests on, the one that ends first. */
export interface Certificate {
  /** Its name, or the file that it lies in. */
  readonly subject: string;
  readonly until: string;
  /** Whole days from now on, by the clock of whoever looked. */
  readonly days: number;
}

/** A report of a node; without a certificate where it was not reached by TLS. */
interface Shown {
  readonly node: string;
  readonly certificate?: Certificate | undefined;
}

/** One symptom for each certificate that ends within so many days, however many nodes rest on it. */
export function judgeCertificates(shown: readonly Shown[], limit: number): Symptom[] {
  const ending = new Map<string, { readonly nodes: string[]; readonly certificate: Certificate }>();
  for (const { node, certificate } of shown) {
    if (certificate === undefined || certificate.days > limit) continue;
    const key = `${certificate.subject} ${certificate.until}`;
    const known = ending.get(key) ?? { nodes: [], certificate };
    ending.set(key, known);
    known.nodes.push(node);
  }
  return [...ending.values()].map(({ nodes, certificate: { subject, until, days } }) =>
    symptom(
      'certificate-ends',
      `The certificate ${subject}, which connections to ${nodes.join(', ')} rest on, ends in ${days} days, on ${until.slice(0, 10)}.`,
      `証明書 ${subject}(${nodes.join('、')} への接続に使用)は ${days} 日後の ${until.slice(0, 10)} に失効します。`,
      { nodes, subject, until, days, limit },
    ),
  );
}
