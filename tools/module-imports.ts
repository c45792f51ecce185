/** One import or re-export of a module. */
export interface ModuleImport {
  specifier: string;
  /** Erased by the compiler: `import type`, `export type … from`, `typeof import()`. */
  isType: boolean;
}

const STATIC = /^(?:import|export)\s+(type\s)?(?:[\w$\s,*{}]*?\bfrom\s*)?(['"])([^'"\n]+)\2/gm;
const DYNAMIC = /(\btypeof\s+)?\bimport\(\s*(['"])([^'"\n]+)\2/g;

/**
 * The imports of a TypeScript module, read from its text. Relies on what the formatter guarantees: a static import
 * starts its line.
 */
export function moduleImports(source: string): ModuleImport[] {
  const code = blankOut(source);
  const imports: ModuleImport[] = [];
  for (const pattern of [STATIC, DYNAMIC]) {
    for (const [, typeMark, , specifier = ''] of code.matchAll(pattern)) {
      imports.push({ specifier, isType: typeMark !== undefined });
    }
  }
  return imports;
}

/** What can hold text that only looks like an import, longest match first; quoted strings are matched to be kept. */
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=(?:[=(,:[!&|?{};+]|=>|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/|[`{}]/g;

/** The source with comments, regular expressions and the text of templates removed; code inside `${}` stays. */
function blankOut(source: string): string {
  let code = '';
  let position = 0;
  /** One entry for each brace that is open: whether closing it returns to the text of a template. */
  const braces: boolean[] = [];
  const tokens = new RegExp(TOKEN);
  for (let match = tokens.exec(source); match !== null; match = tokens.exec(source)) {
    const token = match[0];
    code += source.slice(position, match.index);
    position = tokens.lastIndex;
    if (token === '{') braces.push(false);
    const isTemplate = token === '`' || (token === '}' && braces.pop() === true);
    if (isTemplate) {
      const end = templateTextEnd(source, position);
      if (source[end - 1] === '{') braces.push(true);
      code += '``';
      position = tokens.lastIndex = end;
    } else if (!token.startsWith('/')) {
      code += token;
    }
  }
  return code + source.slice(position);
}

/** Where the text of a template ends that starts at `start`: after its closing backtick or the next `${`. */
function templateTextEnd(source: string, start: number): number {
  const text = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*(?:`|\$\{)/y;
  text.lastIndex = start;
  return text.test(source) ? text.lastIndex : source.length;
}
