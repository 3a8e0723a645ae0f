/** What runs a model or a run, by name, and why it does: as the badge, the controls and the Device panel say it. */
import type { BackendChoice, CpuReport, DeviceReport, Work } from '../../worker/protocol';
import { text } from '../i18n/catalogue';

export function cpuName({ kind, threads }: CpuReport): string {
  const words = text.backend;
  return [words.cpu, words.kinds[kind], ...(kind === 'wasm' ? [words.threads(threads)] : [])].join(' · ');
}

/** `GPU · SwiftShader`, `CPU · WASM SIMD · 2 threads`; empty before anything is open. */
export function runnerName(device: DeviceReport | null): string {
  if (!device) return '';
  const { backend, adapter, cpu } = device;
  return backend === 'gpu' && adapter ? text.backend.gpu(adapter.name) : cpuName(cpu);
}

/** The adapter where the GPU runs the model, else the CPU: what speeds are said to be measured on. */
export function measuredOn(device: DeviceReport | null): string {
  return device?.backend === 'gpu' && device.adapter ? device.adapter.name : runnerName(device);
}

/** Why `backend` runs this kind of work: no GPU, asked for, or measured. One to three sentences. */
export function whyItRuns(device: DeviceReport, work: Work): string {
  const { backend, setting, adapter, reason, cpu } = device;
  const words = text.backend.why;
  if (!adapter && setting !== 'cpu') return reason === null ? words.untimed[work] : words.noGpu[work](reason);
  const choice = choiceOf(device, work);
  const measured = choice && words.measured(choice);
  const parts =
    setting !== 'auto'
      ? [words.asked[setting], setting !== backend && words.later[work], measured]
      : [cpu.kind === 'typescript' ? words.noSimd : (measured ?? words.untimed[work])];
  return parts.filter(Boolean).join(' ');
}

/** What was measured for this kind of work. */
export function choiceOf(device: DeviceReport | null, work: Work): BackendChoice | null {
  return device?.choice?.work === work ? device.choice : null;
}

/** Why the CPU has one thread or is no WebAssembly; null where there is nothing to say. */
export function cpuReason({ reason }: CpuReport): string | null {
  return reason && text.backend.cpuReason[reason];
}
