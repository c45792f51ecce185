/** One figure of each contender, from one round. */
export type Round = ReadonlyMap<string, number>;

export interface Subject {
  name: string;
  /** Runs once and gives the figure: a time, or a rate. */
  run(): Promise<number>;
}

/**
 * Runs everybody in every round, each round beginning with another one, so that what the machine does meanwhile hits all
 * alike. The first round warms up and is dropped.
 */
export async function measureRounds(
  subjects: readonly Subject[],
  rounds: number,
): Promise<readonly Round[]> {
  const measured: Round[] = [];
  for (let round = 0; round <= rounds; round++) {
    const figures = new Map<string, number>();
    for (let place = 0; place < subjects.length; place++) {
      const subject = subjects[(round + place) % subjects.length]!;
      globalThis.gc?.();
      figures.set(subject.name, await subject.run());
    }
    if (round > 0) measured.push(figures);
  }
  return measured;
}

export interface Figure {
  name: string;
  median: number;
  /** Median of the rounds' ratios to the baseline, which is steadier than the ratio of medians. */
  ratio: number;
}

export function summarize(rounds: readonly Round[], baseline: string): Figure[] {
  const names = [...(rounds[0]?.keys() ?? [])].sort();
  return names.map((name) => {
    const figures = rounds.map((round) => round.get(name) ?? NaN);
    const ratios = rounds.map((round) => (round.get(name) ?? NaN) / (round.get(baseline) ?? NaN));
    return { name, median: median(figures), ratio: median(ratios) };
  });
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}
