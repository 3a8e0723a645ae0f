/** `lab device`: the adapter, its limits, the gates' verdicts and the measured ceilings. */
import { measureCeilings } from '../../gpu/ceilings/ceilings';
import { openGpu } from '../backend';
import { type Command, print } from '../command';

export const deviceCommand: Command = {
  summary: 'describes and measures the adapter',
  options: { json: { value: '', about: 'one JSON object' } },
  async run(options) {
    const { device, gates } = await openGpu();
    const ceilings = await measureCeilings(device);
    print(options.flag('json'), { adapter: device.adapter, gates, ceilings }, () => {
      const lines = [
        `${device.adapter.name}${device.adapter.software ? ' (software)' : ''}`,
        ...gates.map(({ name, verdict }) => `${name}: ${verdict}`),
        `copy ${(ceilings.copyBytesPerSecond / 1e9).toFixed(2)} GB/s, ${(ceilings.flopsPerSecond / 1e9).toFixed(2)} GFLOP/s, round trip ${ceilings.roundTripMs.toFixed(3)} ms`,
      ];
      return lines.join('\n');
    });
  },
};
