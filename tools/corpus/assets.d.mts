export interface SourceFiles {
  read(path: string, encoding?: 'utf8' | null): string;
  list(path: string): string[];
}

export interface Source {
  readonly name: string;
  readonly title: string;
  readonly language: 'en' | 'zh';
  readonly content: string;
  readonly licence: string;
  readonly notice?: string;
  readonly package: string;
  readonly version: string;
  readonly size?: string;
  documents(
    text: unknown,
    read: SourceFiles['read'],
    list: SourceFiles['list'],
  ): Iterable<readonly ['en' | 'zh', string]>;
}

export const pageSources: readonly Source[];

export function writeAssets(
  folder?: string,
  found?: readonly (readonly [Source, SourceFiles | null])[],
): Promise<boolean>;
