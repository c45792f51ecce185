/** What an export of a functions module is. */
export type FunctionKind = 'query' | 'mutation' | 'action' | 'httpAction';
