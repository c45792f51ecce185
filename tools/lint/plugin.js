// Rules of this repository that the linter does not bring along.

/** Errors carry codes; only `assert`, `must` and `unreachable` throw a bare one. */
const codedErrors = {
  meta: { type: 'problem' },
  create: (context) => ({
    ThrowStatement(node) {
      const thrown = node.argument;
      const isBare =
        thrown?.type === 'NewExpression' &&
        thrown.callee.type === 'Identifier' &&
        thrown.callee.name === 'Error';
      if (!isBare) return;
      context.report({
        node,
        message:
          'Throw an error with a code (CRPCError, ProjectError, BackendError, …). For what our own code guarantees use assert, must or unreachable of shared/assert.ts.',
      });
    },
  }),
};

/** A file is named for its idea, not for being a place to put things. */
const namedForAnIdea = {
  meta: { type: 'problem' },
  create: (context) => ({
    Program(node) {
      const name = context.filename.split(/[\\/]/).at(-1) ?? '';
      if (!/^(?:utils?|helpers?|common|core|misc)\./.test(name)) return;
      context.report({
        node,
        message: `"${name}" says nothing about what is inside. Name the file for its main export.`,
      });
    },
  }),
};

export default {
  meta: { name: 'kitcn' },
  rules: { 'coded-errors': codedErrors, 'named-for-an-idea': namedForAnIdea },
};
