/**
 * What a child process needs so that Dawn finds an adapter: on Linux without a GPU driver, Chromium's SwiftShader.
 * On a machine with a Vulkan driver of its own nothing is set.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const chromiumFolders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

/** The system's Chrome or Chromium, or one that Playwright has downloaded; null when there is none. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH && existsSync(process.env.CHROMIUM_PATH)) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const candidates = [
    ...folders.flatMap((folder) => chromiumNames.map((name) => path.join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    ...playwrightChromium(),
  ];
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}

/** Environment for a Node process that opens WebGPU through Dawn. */
export function dawnEnvironment(env = process.env) {
  if (process.platform !== 'linux' || env.VK_ICD_FILENAMES || env.VK_DRIVER_FILES || hasVulkanDriver())
    return { ...env };
  const folder = driverFolder();
  if (!folder) return { ...env };
  return {
    ...env,
    VK_ICD_FILENAMES: path.join(folder, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: [folder, env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
  };
}

function hasVulkanDriver() {
  const folders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
  const drivers = folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
  return drivers.some((driver) => !/lvp|virtio|gfxstream/.test(driver)) && existsSync('/dev/dri');
}

function driverFolder() {
  const chromium = findChromium();
  const folders = [...chromiumFolders, ...(chromium ? [path.dirname(chromium)] : [])];
  return folders.find((folder) => existsSync(path.join(folder, 'vk_swiftshader_icd.json'))) ?? null;
}

function playwrightChromium() {
  const root = process.env.PLAYWRIGHT_BROWSERS_PATH ?? path.join(process.env.HOME ?? '', '.cache', 'ms-playwright');
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => /^chromium-\d+$/.test(name))
    .flatMap((name) => [
      path.join(root, name, 'chrome-linux', 'chrome'),
      path.join(root, name, 'chrome-linux64', 'chrome'),
    ]);
}
