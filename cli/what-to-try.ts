/** What a newcomer can paste into a second terminal; test/cli/what-to-try.test.ts runs these very lines. */

/** `folder` as it is reached from where the person stands. */
export const whatToTry = (api: string, folder: string): readonly string[] => [
  `# A person is a token in ${folder}/tokens. hana operates, ren approves.`,
  `api=${api}`,
  `as() { token=$(cat ${folder}/tokens/$1); shift; curl -sS -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; echo; }`,
  `# 1. Take a backup, and wait until it is complete.`,
  `as hana $api/v1/targets/tools/backups -d '{"kind":"manual","reason":"before I break things"}'`,
  `until as hana $api/v1/targets/tools/backups | grep '"status":"complete"'; do sleep 1; done`,
  `# 2. Break things: one tool gone, another one cut short.`,
  `set -- ${folder}/project/.pi/tools/*.json; rm "$1"; truncate -s 20 "$2"`,
  `# 3. Recover. The plan overwrites a file, so the recovery waits for a second person.`,
  `id=$(as hana $api/v1/recoveries -d '{"scenario":"tool-store-loss","target":"tools","reason":"I broke it"}' | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')`,
  `until as ren $api/v1/recoveries/$id | grep '"waitingFor":\\[{'; do sleep 1; done`,
  `# 4. Approve as ren: the decision names the gate and the digest of the plan that was seen.`,
  `digest=$(as ren $api/v1/recoveries/$id | sed 's/.*"waitingFor":\\[{[^]]*"digest":"\\([0-9a-f]*\\)".*/\\1/')`,
  `as ren $api/v1/recoveries/$id/decisions -d '{"gate":"restore","digest":"'$digest'","decision":"approve","reason":"seen the plan"}'`,
  `# 5. Follow it to its end.`,
  `as hana -N $api/v1/recoveries/$id/events`,
];
