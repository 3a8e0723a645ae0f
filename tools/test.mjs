/**
 * `npm test`: Biome, tsc, knip, Vitest (with WebGPU through Dawn) and Playwright (real Chromium), one after the other, all
 * of them even when one fails. Ends with the plain line `N passed, N failed` over all runners.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './ensure-chromium.mjs';
import { dawnEnvironment } from './environment.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const reports = path.join(root, '.cache', 'reports');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

let chromium;
try {
  chromium = await ensureChromium();
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

const vitestReport = path.join(reports, 'vitest.json');
const playwrightReport = path.join(reports, 'playwright.json');
const env = dawnEnvironment({
  ...process.env,
  CHROMIUM_PATH: chromium,
  PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport,
});

/** A runner without a report counts as one check; one with a report must have run at least one test. */
const runners = [
  { name: 'Biome', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'TypeScript', command: ['tsc', '--noEmit'] },
  { name: 'knip', command: ['knip'] },
  {
    name: 'Vitest',
    command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`],
    count: () => countVitest(read(vitestReport)),
  },
  {
    name: 'Playwright',
    command: ['playwright', 'test', '--reporter=list,json'],
    count: () => countPlaywright(read(playwrightReport)),
  },
];

const totals = { passed: 0, failed: 0 };
for (const { name, command, count } of runners) {
  console.log(`\n── ${name}`);
  const begun = Date.now();
  const code = await run(command);
  const { passed, failed } = count ? count() : { passed: code === 0 ? 1 : 0, failed: 0 };
  // An exit code that no counted test explains is a failure of the runner itself.
  const unexplained = failed === 0 && (code !== 0 || passed === 0) ? 1 : 0;
  totals.passed += passed;
  totals.failed += failed + unexplained;
  console.log(
    `${name}: ${passed} passed, ${failed + unexplained} failed in ${((Date.now() - begun) / 1000).toFixed(1)} s.`,
  );
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 ? 0 : 1);

function run([tool, ...args]) {
  const bin = path.join(root, 'node_modules', '.bin', tool);
  const child = spawn(bin, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${tool} could not be started: ${error.message}. Run npm ci first.`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** A test that was skipped counts as failed: nothing here may skip. */
function countVitest(report) {
  if (!report) return { passed: 0, failed: 0 };
  return { passed: report.numPassedTests, failed: report.numTotalTests - report.numPassedTests };
}

function countPlaywright(report) {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report?.stats ?? {};
  return { passed: expected, failed: unexpected + flaky + skipped };
}
