/** Many runs, one seed after the other, until the time is over or somebody has to look. */
import { env } from 'node:process';
import { judge } from './invariants.ts';
import { simulate, type Simulation } from './simulate.ts';

/** What a campaign came to. */
export interface Campaign {
  readonly runs: number;
  /** How the recoveries ended, by status. */
  readonly endings: Readonly<Record<string, number>>;
  /** One report for each run that broke an invariant. */
  readonly reports: readonly string[];
  readonly summary: string;
}

/** Enough to see a pattern; more only hide it. */
const mostReports = 3;
const firstSeed = 1;

/** `SIMULATION_SEED` runs that one alone; `SIMULATION_FROM` and `SIMULATION_MINUTES` say where to begin and for how long. */
export async function campaign(name: string, simulation: Simulation, minutes: number): Promise<Campaign> {
  const only = env['SIMULATION_SEED'];
  const begun = performance.now();
  const limitMs = minutesOr(minutes) * 60_000;
  const endings: Record<string, number> = {};
  const reports: string[] = [];
  let seed = Number(only ?? env['SIMULATION_FROM'] ?? firstSeed);
  let runs = 0;
  const isOver = (): boolean => only !== undefined || reports.length >= mostReports || performance.now() - begun >= limitMs;
  do {
    const run = await simulate(seed, simulation);
    runs++;
    for (const { state } of run.facts.stories) endings[state.status] = (endings[state.status] ?? 0) + 1;
    const faults = judge(run.facts);
    if (faults.length > 0) reports.push(report(name, seed, faults, run.trace));
    if (only !== undefined) console.log(run.trace.join('\n'));
    seed++;
  } while (!isOver());
  const seconds = (performance.now() - begun) / 1_000;
  const ends = Object.entries(endings)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');
  const summary = `${name}: ${runs} runs in ${seconds.toFixed(0)} s, ${((runs / seconds) * 60).toFixed(0)} a minute, last seed ${seed - 1} (${ends})`;
  return { runs, endings, reports, summary };
}

export const minutesOr = (minutes: number): number => Number(env['SIMULATION_MINUTES'] ?? minutes);

/** What was broken, how to see it again, and the lines that are most likely to tell why. */
function report(name: string, seed: number, faults: readonly string[], trace: readonly string[]): string {
  const telling = trace.filter((line) => !/: (identifyVoter|hasOpenRun) \{/.test(line)).map((line) => line.slice(0, 220));
  return [
    `${name}, seed ${seed} (the whole trace: SIMULATION_SEED=${seed}):`,
    ...faults.slice(0, 5).map((fault) => `  ! ${fault}`),
    ...telling.slice(-60).map((line) => `  ${line}`),
  ].join('\n');
}
