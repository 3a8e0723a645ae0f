/**
 * What `lab train` says while it trains: JSON lines for machines, a table for people. A line holds the numbers of one step:
 * its training loss (before its update), and the last held-out loss, which at step 1 is that of the fresh model.
 */
import type { RunRecord } from '../lab/run-record';
import type { Curves, EvaluationPoint, StepPoint } from '../train/curves';
import { print } from './command';

const columnWidth = 15;
const columns = ['step', 'loss', 'held out', 'bits/char', 'learning rate', 'tokens/s'];

export class TrainingLines {
  #said = 0;
  #evaluation: EvaluationPoint | null = null;

  constructor(private readonly json: boolean) {}

  /** `milliseconds` since the device was asked for. */
  points({ steps, evaluations, samples }: Partial<Curves>, record: RunRecord, milliseconds: number): void {
    this.#evaluation = evaluations?.at(-1) ?? this.#evaluation;
    const { steps: length } = record.recipe;
    const last = record.curves.steps.at(-1);
    if (steps?.[0] && this.#said === 0) this.#first(steps[0], record, milliseconds);
    else if (evaluations && last && last.step < length) this.#line(last, { kind: 'evaluation' });
    if (samples && !this.json) process.stdout.write(`      ${JSON.stringify(samples.at(-1)?.text)}\n`);
  }

  end(record: RunRecord, folder: string): void {
    const { state, seconds, adapter, problem, curves } = record;
    const last = curves.steps.at(-1);
    if (last) this.#line(last, { kind: 'end', state, seconds, adapter, folder, problem });
    if (!this.json)
      process.stdout.write(`${state} after ${seconds.toFixed(1)} s on ${adapter}, written to ${folder}\n`);
  }

  #first(point: StepPoint, { facts, adapter }: RunRecord, milliseconds: number): void {
    const { parameters, vocabulary, freshLoss, dataHash, kernelsHash, floor, cost } = facts;
    const { dispatches, submits, flops, tokens } = cost;
    const said = { parameters, vocabulary, freshLoss, floor, dataHash, kernelsHash, dispatches, submits, flops };
    if (!this.json) {
      const each = cost.dispatches > 0 ? `, ${dispatches} dispatches a step` : '';
      process.stdout.write(
        `${parameters} parameters, ${vocabulary} tokens in the vocabulary, ${tokens} tokens a step${each}, on ${adapter}\n`,
      );
      process.stdout.write(`${columns.map((column) => column.padStart(columnWidth)).join('')}\n`);
    }
    this.#line(point, { kind: 'first', firstStepMilliseconds: milliseconds, adapter, tokensPerStep: tokens, ...said });
  }

  #line(point: StepPoint, more: Readonly<Record<string, unknown>>): void {
    this.#said += 1;
    const { step, loss, learningRate, gradientNorm, tokensPerSecond } = point;
    const { heldOutLoss = null, bitsPerCharacter = null } = this.#evaluation ?? {};
    const value = { step, loss, heldOutLoss, bitsPerCharacter, tokensPerSecond, learningRate, gradientNorm, ...more };
    print(this.json, value, () =>
      [
        String(step),
        loss.toFixed(4),
        heldOutLoss?.toFixed(4) ?? '–',
        bitsPerCharacter?.toFixed(4) ?? '–',
        learningRate.toExponential(2),
        tokensPerSecond.toFixed(0),
      ]
        .map((text) => text.padStart(columnWidth))
        .join(''),
    );
  }
}
