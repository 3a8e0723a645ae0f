/**
 * Finds Chrome or Chromium, or installs it where it can: with apt on Debian as root, otherwise with Playwright. Throws a
 * sentence where it cannot.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from './environment.mjs';

export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const isDebian = process.platform === 'linux' && existsSync('/usr/bin/apt-get');
  if (isDebian && process.getuid?.() === 0) {
    console.log('No Chrome or Chromium found: installing Debian’s chromium with apt.');
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
  } else {
    console.log('No Chrome or Chromium found: downloading one with Playwright.');
    run('npx', ['playwright', 'install', 'chromium']);
  }
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(
    'The tests need Chrome or Chromium and could not install it: install it yourself, or set CHROMIUM_PATH to its executable.',
  );
}

function run(command, args) {
  spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}
