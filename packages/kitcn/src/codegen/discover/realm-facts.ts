import type { $ZodType } from 'zod/v4/core';
import type { ModuleFacts } from './describe-function.ts';
import { BLIND_HOOK, BRANDED_HOOK, VALIDATOR_HOOK } from './schema-facts-plugin.ts';
import type { SourceTraits } from './source-traits.ts';

type ZodToConvex = (schema: $ZodType) => { kind: string; tableName?: string };

/** What the hooks of `schemaFactsPlugin` tell while modules load, and what it means for their schemas. */
export class RealmFacts {
  readonly #branded = new WeakSet<$ZodType>();
  readonly #validators: ZodToConvex[] = [];
  #isBlind = false;

  /** Globals for the realm. */
  readonly globals: Readonly<Record<string, unknown>> = {
    [BRANDED_HOOK]: (schema: $ZodType): $ZodType => {
      this.#branded.add(schema);
      return schema;
    },
    [BLIND_HOOK]: (): void => {
      this.#isBlind = true;
    },
    [VALIDATOR_HOOK]: (zodToConvex: ZodToConvex): void => {
      this.#validators.push(zodToConvex);
    },
  };

  of(traits: SourceTraits): ModuleFacts {
    return {
      isHandTyped: traits.isHandTyped || (this.#isBlind && traits.hasBrand),
      mayBeNativeEnum: traits.hasNativeEnum,
      isBranded: (schema) => this.#isBranded(schema),
      tableOf: (schema) => this.#tableOf(schema),
    };
  }

  /** `.min(1)` and the like copy a schema, and the copy keeps the brand. */
  #isBranded(schema: $ZodType | undefined): boolean {
    for (let current = schema; current !== undefined; current = current._zod.parent) {
      if (this.#branded.has(current)) return true;
    }
    return false;
  }

  #tableOf(schema: $ZodType): string | undefined {
    for (const zodToConvex of this.#validators) {
      const validator = zodToConvex(schema);
      if (validator.kind === 'id') return validator.tableName;
    }
    return undefined;
  }
}
