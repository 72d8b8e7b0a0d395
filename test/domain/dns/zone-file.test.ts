/** A zone file is changed line by line: what was meant and its serial, no other byte; what is not understood is refused by its line. */
import { describe, expect, test } from 'vitest';
import { changeZoneFile, type FileChange } from '../../../domain/dns/change-zone-file.ts';
import { recordSet, type RecordType } from '../../../domain/dns/records.ts';
import { countSets, readZoneFile, setIn } from '../../../domain/dns/zone-file.ts';

const zone = 'shodo.test.';
const head = '$TTL 1h\n@ IN SOA ns1 host ( 7 ; serial\n  3600 600 86400 2 )\n  NS ns1 ; ours\n';
const place = (name: string, type: RecordType) => ({ id: name, name: `${name}.shodo.test.`, type });
const from = (name: string, type: RecordType, ttl: number, before: string[] | null, after: string[] | null): FileChange => ({
  ...place(name, type),
  before: before && recordSet(type, ttl, before),
  after: after && recordSet(type, ttl, after),
});
const toDr = from('api', 'CNAME', 3_600, ['prod.shodo.test'], ['dr.shodo.test']);
const changed = (text: string, ...changes: FileChange[]): string => {
  const done = changeZoneFile(text, zone, changes);
  return done.is === 'changed' ? done.text : done.is;
};

test('is read as servers read it: names, units of time, comments, parentheses, classes in either order', () => {
  const text = `${head}api\tCNAME prod\n$ORIGIN sub.shodo.test.\nwww IN 1h30m A 192.0.2.1 ; "not (this"\n 90 IN A (\n 192.0.2.2 )\n@ 5 AAAA 2001:DB8:0::1\ntxt TXT "a;b (c" d\\;e\n`;
  const file = readZoneFile(text, zone);
  expect([file.serial, countSets(file)]).toEqual([7, 6]);
  expect(setIn(file, place('api', 'CNAME'))).toEqual({ ttl: 3_600, values: ['prod.shodo.test.'] });
  expect(setIn(file, place('www.sub', 'A'))).toEqual({ ttl: 5_400, values: ['192.0.2.1', '192.0.2.2'] });
  expect(setIn(file, place('sub', 'AAAA'))).toEqual({ ttl: 5, values: ['2001:db8::1'] });
  expect(setIn(file, place('none', 'A'))).toBeNull();
});

describe('a change', () => {
  test('leaves every other byte as it was', () => {
    const text = `${head}; where users go\napi CNAME prod ; the home side\n\nwww A 192.0.2.1\n`;
    expect(changed(text, toDr)).toBe(
      text.replace('( 7 ;', '( 8 ;').replace('api CNAME prod ; the home side', 'api.shodo.test. 3600 IN CNAME dr.shodo.test.'),
    );
  });

  test('keeps the name of a line that took it from one that is gone', () => {
    const text = `${head}www A 192.0.2.1\n    TXT "w"\nother A 192.0.2.9\nwww A 192.0.2.2\n    MX 1 m\n`;
    const next = changed(text, from('www', 'A', 3_600, ['192.0.2.1', '192.0.2.2'], null));
    expect(next).toBe(`${head.replace('7', '8')}www.shodo.test.    TXT "w"\nother A 192.0.2.9\nwww.shodo.test.    MX 1 m\n`);
  });

  test('adds what was not there at the end, also of a file without a last break, with its breaks', () => {
    const added = from('new', 'A', 60, null, ['192.0.2.7', '192.0.2.6']);
    expect(changed(`${head}api CNAME prod`, added)).toMatch(
      /prod\nnew.shodo.test. 60 IN A 192.0.2.6\nnew.shodo.test. 60 IN A 192.0.2.7\n$/,
    );
    expect(changed(head.replaceAll('\n', '\r\n'), added)).toMatch(/ours\r\nnew.shodo.test. 60 IN A 192.0.2.6\r\n.*\r\n$/);
  });

  test.each([
    ['7', '8'],
    ['2026112999', '2026113000'],
    ['4294967295', '1'],
  ])('raises the serial once, %s to %s, and is no change the second time', (serial, next) => {
    const text = `${head.replace('( 7', `( ${serial}`)}api CNAME prod\nwww A 192.0.2.1\n`;
    const both = [toDr, from('www', 'A', 3_600, ['192.0.2.1'], ['192.0.2.3'])];
    const done = changed(text, ...both);
    expect(readZoneFile(done, zone).serial).toBe(Number(next));
    expect(changed(done, ...both)).toBe('already');
    expect(changed(done, ...both.map((one) => ({ ...one, before: one.after, after: one.before })))).toContain('CNAME prod.');
  });

  test('is made whole where a part of it stands already, and not at all where something else stands', () => {
    const www = from('www', 'A', 3_600, ['192.0.2.1'], ['192.0.2.3']);
    expect(changed(`${head}api CNAME dr\nwww A 192.0.2.1\n`, toDr, www)).toContain(
      'api CNAME dr\nwww.shodo.test. 3600 IN A 192.0.2.3',
    );
    expect(changed(`${head}api CNAME mail\nwww A 192.0.2.1\n`, toDr, www)).toBe('odd');
    expect(changed(`${head}api 60 CNAME prod\nwww A 192.0.2.1\n`, toDr, www)).toBe('odd');
  });
});

test.each([
  ['another file', '$INCLUDE more.zone\n', 'Line 5 of the zone file: $INCLUDE is not understood here.'],
  ['records made by a rule', '$GENERATE 1-9 a$ A 192.0.2.$\n', '$GENERATE'],
  ['a type by its number', 'x TYPE1 \\# 4 c0000201\n', 'TYPE1'],
  ['another class', 'x CH TXT "a"\n', 'CH is not understood'],
  ['a quote that nobody closes', 'x TXT "a\n', 'Line 5'],
  ['a parenthesis that nobody closes', 'x TXT (\n', 'Line 5 of the zone file: a "(" that is never closed.'],
  ['a parenthesis that nobody opened', 'x TXT )\n', 'too many'],
  ['half a record', 'x A\n', 'no record'],
  ['no address', 'api CNAME a b\n', 'no value of CNAME'],
  ['a second SOA', '@ SOA a b 1 2 3 4 5\n', 'does not have one SOA of shodo.test.'],
  ['a signature', 'x RRSIG A 13 3 60 1 1 1 a. b\n', 'let the server sign the zone'],
  ['another record beside a new CNAME', 'new A 192.0.2.1\napi CNAME prod\n', 'a CNAME beside other records at new.shodo.test.'],
])('%s is refused', (_, lines, said) => {
  const beside = from('new', 'CNAME', 60, null, ['dr.shodo.test']);
  expect(() => changeZoneFile(head + lines, zone, [toDr, beside])).toThrow(said);
});

test('a file without a TTL, without a name, or of another zone is refused', () => {
  const refused = (text: string) => () => readZoneFile(text, zone);
  expect(refused('@ SOA a b 1 2 3 4 5\n')).toThrow('Line 1 of the zone file: no TTL, and no $TTL before it.');
  expect(refused('$TTL 5\n A 192.0.2.1\n')).toThrow('Line 2 of the zone file: a record without a name.');
  expect(refused(head.replace('@', 'other.test.'))).toThrow('does not have one SOA');
  expect(() => changeZoneFile(head, zone, [{ ...toDr, name: 'notshodo.test.' }])).toThrow('does not hold notshodo.test.');
});
