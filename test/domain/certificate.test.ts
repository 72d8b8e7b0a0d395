/** Certificates that end soon are told once each, however many nodes rest on them. */
import { expect, test } from 'vitest';
import { judgeCertificates } from '../../domain/certificate.ts';

const ending = (subject: string, days: number) => ({ subject, until: '2026-12-24T00:00:00.000Z', days });

test('what ends within the limit is named with its nodes; what holds longer, and plain connections, are not', () => {
  const authority = ending('Company authority', 21);
  const found = judgeCertificates(
    [
      { node: 'a', certificate: authority },
      { node: 'b', certificate: authority },
      { node: 'c', certificate: ending('c.example.jp', 22) },
      { node: 'd' },
    ],
    21,
  );
  expect(found).toMatchObject([{ id: 'certificate-ends', evidence: { nodes: ['a', 'b'], days: 21, limit: 21 } }]);
  expect(found[0]!.sentence).toEqual({
    en: 'The certificate Company authority, which connections to a, b rest on, ends in 21 days, on 2026-12-24.',
    ja: '証明書 Company authority(a、b への接続に使用)は 21 日後の 2026-12-24 に失効します。',
  });
});
