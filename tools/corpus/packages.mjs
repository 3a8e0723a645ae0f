/**
 * The packages that hold the sources' text: installed in node_modules, or fetched once into .cache/corpora and unpacked.
 *
 * .cache/corpora/packages/       packages as the clients delivered them; kept, so that a second run needs no network
 * .cache/corpora/<source>/       the files needed, and source.json: package, version, licence
 */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpora, root } from './source.mjs';

const packages = join(corpora, 'packages');

/** GNU tar expands names with a star only when told to; the tar of macOS and Windows always does. */
const wildcards = process.platform === 'linux' ? ['--wildcards'] : [];

/**
 * Where a source's files are: { read(path, encoding), list(path) } with paths as in sources.mjs, or null when they are
 * nowhere. An installed package counts only in the version that the source names.
 */
export function filesOf(source) {
  const installed = join(root, 'node_modules', source.package);
  if (source.client === 'npm' && versionOf(installed) === source.version) {
    return reader((path) => join(installed, path.replace(/^package\/?/, '')));
  }
  const unpacked = join(corpora, source.name);
  return existsSync(join(unpacked, 'source.json')) ? reader((path) => join(unpacked, path)) : null;
}

function reader(place) {
  return {
    read: (path, encoding = 'utf8') => readFileSync(place(path), encoding),
    list: (path) => readdirSync(place(path)).sort(),
  };
}

function versionOf(folder) {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : null;
}

/** Fetches and unpacks a source, saying how far it is. Throws a sentence when its client cannot get it. */
export async function fetchSource(source) {
  const folder = join(corpora, source.name);
  if (existsSync(join(folder, 'source.json'))) return;
  mkdirSync(packages, { recursive: true });
  let archive = archiveOf(source);
  if (!archive) {
    try {
      await download(source);
    } catch (error) {
      const lines = String(error.message).split('\n');
      const reason = lines.find((line) => /reason:|^E:/.test(line)) ?? lines[0];
      throw new Error(
        `${source.name}: ${source.package} ${source.version} could not be fetched with ${source.client} (${reason}).`,
      );
    }
    archive = archiveOf(source);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const command =
    source.client === 'npm'
      ? ['tar', ['-xzf', archive, '-C', folder, ...wildcards, ...source.files]]
      : ['dpkg', ['-x', archive, folder]];
  execFileSync(...command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { name, package: packageName, version, client, licence, notice, content } = source;
  const record = { name, package: packageName, version, client, licence, ...(notice ? { notice } : {}), content };
  writeFileSync(join(folder, 'source.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** Path of the source's archive, or null. */
function archiveOf(source) {
  const prefix =
    source.client === 'npm'
      ? `${source.package.replace('@', '').replace('/', '-')}-${source.version}.tgz`
      : `${source.package}_`;
  const file = readdirSync(packages).find((name) => name.startsWith(prefix) && /\.(tgz|deb)$/.test(name));
  return file ? join(packages, file) : null;
}

async function download(source) {
  console.log(`${source.name}: fetching ${source.package} ${source.version}${source.size ? `, ${source.size}` : ''} …`);
  // Fetched aside and moved: an archive that was cut off never counts as there.
  const aside = join(packages, 'unfinished');
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside);
  const [command, args] =
    source.client === 'npm'
      ? ['npm', ['pack', '--loglevel=error', '--cache', join(aside, 'cache'), `${source.package}@${source.version}`]]
      : ['apt-get', ['download', `${source.package}=${source.version}`]];
  // The client says nothing while it works; what has reached its cache does.
  const begun = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - begun) / 1000);
    console.log(`${source.name}: ${(folderSize(join(aside, 'cache')) / 1e6).toFixed(1)} MB after ${seconds} s`);
  }, 1000);
  try {
    await run(command, args, aside);
  } finally {
    clearInterval(timer);
  }
  for (const file of readdirSync(aside).filter((name) => /\.(tgz|deb)$/.test(name))) {
    renameSync(join(aside, file), join(packages, file));
  }
  rmSync(aside, { recursive: true });
}

function run(command, args, cwd) {
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    // On Windows npm is a script, which only a shell starts.
    shell: process.platform === 'win32',
  });
  let errors = '';
  child.stderr.on('data', (data) => {
    errors += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(errors.trim() || `it ended with ${code}`))));
  });
}

function folderSize(folder) {
  if (!existsSync(folder)) return 0;
  let size = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    // A temporary file of the client may be gone by now.
    if (entry.isDirectory()) size += folderSize(path);
    else size += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return size;
}
