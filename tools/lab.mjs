/**
 * `npm run lab -- <command>`: bundles src/cli once (again when a source is newer) and runs it in a child process that
 * finds an adapter.
 */
import { spawn } from 'node:child_process';
import { buildScript } from './build-script.mjs';
import { dawnEnvironment } from './environment.mjs';

const script = await buildScript('src/cli/main.ts', 'lab');
const child = spawn(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit', env: dawnEnvironment() });
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
