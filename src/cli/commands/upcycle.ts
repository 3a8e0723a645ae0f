/** `lab upcycle`: copies each FFN of a dense model several times as experts, and writes the model; `lab train --from` trains it. */
import { upcycleFiles } from '../../lab/upcycled-files';
import { activeParameterCount, parameterCount } from '../../model/names';
import { type Command, print } from '../command';
import { modelOptions, readModelFiles, writeModelFolder } from '../model';

export const upcycleCommand: Command = {
  summary: 'makes a model with experts of a dense one, by copying its feed-forward networks',
  options: {
    model: modelOptions.model,
    experts: { value: '<n>', about: 'copies of each feed-forward network, 2 to 64', default: '16' },
    seed: { value: '<n>', about: 'decides the gates', default: '1' },
    out: { value: '<folder>', about: 'where the model is written (.cache/models/<model>-<n>x)' },
    json: { value: '', about: 'one JSON object' },
  },
  async run(options) {
    const { name, files } = readModelFiles(options.text('model'));
    const experts = options.integer('experts', 2, 64);
    const seed = options.integer('seed', 0, 2 ** 32 - 1);
    const upcycled = upcycleFiles(name, files, { experts, seed });
    const out = options.optional('out') ?? `.cache/models/${upcycled.name}`;
    writeModelFolder(out, upcycled.files);
    const parameters = parameterCount(upcycled.config);
    const active = activeParameterCount(upcycled.config);
    const result = { model: name, experts, seed, parameters, activeParameters: active, out };
    const count = (value: number) => value.toLocaleString('en');
    print(options.flag('json'), result, () =>
      [
        `${upcycled.name}: ${count(parameters)} parameters, of which a token meets ${count(active)}`,
        `written to ${out}; train it with: npm run lab -- train --from ${out} --config <recipe>`,
      ].join('\n'),
    );
  },
};
