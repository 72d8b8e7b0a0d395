/** Starts a server in the background as its owner, as a service manager does it: `start-server.mjs <program> <configuration> <uid> <gid>`. */
import { spawn } from 'node:child_process';
import process from 'node:process';

const [program, config, uid, gid] = process.argv.slice(2);
const owner = uid ? { uid: Number(uid), gid: Number(gid) } : {};
spawn(String(program), [String(config)], { ...owner, detached: true, cwd: '/', env: {}, stdio: 'ignore' }).unref();
