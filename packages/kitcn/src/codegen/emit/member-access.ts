import { isIdentifier } from '../model/names.ts';
import type { FunctionModel, ModuleModel } from '../model/project-model.ts';
import { printString } from './print-json.ts';

/** A function as a member of its module's namespace import: `teams.getTeam`, `teams['get-team']`. */
export function printMember({ importName }: ModuleModel, { name }: FunctionModel): string {
  return isIdentifier(name) ? `${importName}.${name}` : `${importName}[${printString(name)}]`;
}
