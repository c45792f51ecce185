import { createTransformer, mapCodec, setCodec, urlCodec } from 'kitcn/crpc';

/** For both sides; callers without it still reach every procedure, as long as no codec's value travels. */
export const transformer = createTransformer({ codecs: [mapCodec, setCodec, urlCodec] });
