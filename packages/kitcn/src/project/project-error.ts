/** Why a project could not be read, bundled or generated. */
export type ProjectErrorCode =
  | 'CONVEX_JSON_INVALID'
  | 'FUNCTIONS_FOLDER_NOT_FOUND'
  | 'ENTRY_POINTS_CLASH'
  | 'RESERVED_FOLDER'
  | 'BUNDLE_FAILED'
  | 'META_NOT_JSON'
  | 'MODULE_FAILED'
  | 'MODULE_NEVER_ENDS'
  | 'NAME_INVALID'
  | 'NAME_CLASH'
  | 'WRITE_FAILED';

/** Where in the user's sources: path from the project folder, `/`-separated; line and column count from 1. */
export interface SourcePosition {
  file: string;
  line?: number | undefined;
  column?: number | undefined;
}

export interface ProjectErrorOptions extends ErrorOptions {
  at?: SourcePosition | undefined;
}

/** Something in the user's project that the user has to change; the message opens with file, line and column if known. */
export class ProjectError extends Error {
  override readonly name = 'ProjectError';
  readonly code: ProjectErrorCode;
  /** The message without the position. */
  readonly text: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(code: ProjectErrorCode, text: string, options: ProjectErrorOptions = {}) {
    const { file, line, column } = options.at ?? {};
    const position = [file, line, column].filter((part) => part !== undefined).join(':');
    super(position === '' ? text : `${position}: ${text}`, options);
    this.code = code;
    this.text = text;
    this.file = file;
    this.line = line;
    this.column = column;
  }
}
