export function findChromium(): string | null;
export function dawnEnvironment(env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
