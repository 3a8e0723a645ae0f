/** A report as the Markdown that docs/findings.md quotes: a table of the arms, the best first, and a line of what it allows. */
import type { ArmReport, ExperimentReport } from './report';

export function reportMarkdown(report: ExperimentReport): string {
  const { arms, correlations, verdict } = report;
  const lines = arms.length > tableAtMost ? [] : [...table(arms), ''];
  lines.push(conditions(report));
  for (const { axis, found } of correlations) {
    const value =
      found?.coefficient == null ? 'too few arms' : `ρ = ${signed(found.coefficient)}, p = ${found.p?.toPrecision(2)}`;
    lines.push(`- ${axis}: ${value}`);
  }
  if (verdict) {
    const { agrees, disagrees, cannotTell } = verdict.counts;
    lines.push(
      '',
      `__${outcomes[verdict.outcome]}__: of the paper's ${verdict.of}, ${agrees} found, ${disagrees} the other way round, ${cannotTell} not told apart.`,
    );
  }
  return lines.join('\n');
}

/** Random configurations are told by their correlations. */
const tableAtMost = 12;

const outcomes = { agrees: 'Agrees', disagrees: 'Disagrees', cannotTell: 'Cannot tell' } as const;

function table(arms: readonly ArmReport[]): readonly string[] {
  const paper = arms.some((arm) => arm.paper !== null);
  const head = ['arm', 'shape', 'parameters', 'tokens a parameter', 'rate', 'bits/character', 'behind the best', 'n'];
  const row = (arm: ArmReport) => [
    arm.arm,
    `${arm.shape.depth} × ${arm.shape.width}, F ${arm.shape.ffn}`,
    arm.parameters.toLocaleString('en'),
    arm.tokensPerParameter.toFixed(0),
    rate(arm),
    score(arm),
    behind(arm),
    `${arm.n}${arm.diverged > 0 ? `, ${arm.diverged} diverged` : ''}`,
    ...(paper ? [arm.paper === null ? '–' : String(arm.paper)] : []),
  ];
  const columns = paper ? [...head, 'paper'] : head;
  return [columns, columns.map((_, index) => (index < 2 ? '---' : '--:')), ...arms.map(row)].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

/** A rate at the end of those tried is marked: a better one may lie beyond. */
function rate({ learningRate, chosen }: ArmReport): string {
  if (learningRate === null) return '–';
  return `${Number(learningRate.toPrecision(3))}${chosen?.edge ? '*' : ''}`;
}

function score({ mean, interval, withFirst }: ArmReport): string {
  if (mean === null) return '–';
  const shown = withFirst ? `__${mean.toFixed(3)}__` : mean.toFixed(3);
  return interval ? `${shown} (${interval.map((end) => end.toFixed(3)).join('–')})` : shown;
}

function behind({ toFirst }: ArmReport): string {
  if (!toFirst?.interval || toFirst.mean === null) return '';
  const [low, high] = toFirst.interval;
  return `${signed(toFirst.mean)} (${signed(low)} to ${signed(high)})`;
}

function conditions({ state, seeds, adapters, seconds, arms }: ExperimentReport): string {
  const left = state === 'done' ? '' : ', not finished';
  const legend = ' Bold: not told apart from the best. *: the highest or lowest rate that was tried.';
  const what = arms.length > tableAtMost ? `${arms.length} arms, ` : '';
  return `${what}${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, ${(seconds / 60).toFixed(0)} minutes on ${adapters.join(' and ')}${left}.${arms.length > tableAtMost ? '' : legend}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
