/** Health check of the containers: exit code 0 when the address of the argument answers 2xx within 4 s. */
import process from 'node:process';

const address = process.argv[2] ?? 'http://127.0.0.1:8080/healthz';
try {
  const answer = await fetch(address, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = answer.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
