export { createApi } from '../api/create-api.ts';
export type { ApiFunctionSpec, ApiRouteSpec, ApiSpec } from '../api/create-api.ts';
export type {
  ApiFunction,
  ApiFunctionInfo,
  ApiLeaf,
  DeclaringFunctionInfo,
  DeclaringLeaf,
} from '../api/api-function.ts';
export type {
  ApiRoute,
  ApiRouteInfo,
  ApiRouteLeaf,
  DeclaringRouteInfo,
  DeclaringRouteLeaf,
} from '../api/api-route.ts';
export type { CallPromise, NoErrors, ProcedureType } from '../shared/type-procedure.ts';
export { httpStatus } from '../errors/codes.ts';
export type { AnyErrorCode, CRPCErrorCode } from '../errors/codes.ts';
export { CRPCError, isCRPCError } from '../errors/crpc-error.ts';
export type { CRPCErrorOptions, ErrorOrigin } from '../errors/crpc-error.ts';
export type { DeclaredError, DeclaredErrorOf } from '../errors/declared-error.ts';
export { safe } from '../errors/safe.ts';
export type { SafeError, SafeResult } from '../errors/safe.ts';
export { isDeclaredError } from '../procedure/is-declared-error.ts';
export type { ProcedureHandle } from '../procedure/is-declared-error.ts';
export { mapCodec } from '../wire/codecs/map-codec.ts';
export { setCodec } from '../wire/codecs/set-codec.ts';
export { createTemporalCodecs } from '../wire/codecs/temporal-codecs.ts';
export type { TemporalNamespace } from '../wire/codecs/temporal-codecs.ts';
export { urlCodec } from '../wire/codecs/url-codec.ts';
export { createTransformer } from '../wire/create-transformer.ts';
export type { Encoded, EncodedDate, EncodedMap, EncodedSet } from '../wire/encoded.ts';
export type { CodecTransformer, DataTransformer, TransformerOption } from '../wire/transformer.ts';
export type { WireCodec } from '../wire/wire-codec.ts';
export type { inferErrors, inferInput, inferOutput } from '../procedure/infer-types.ts';
export type { Page, PageInput, PaginatedArgs } from '../procedure/procedure-types.ts';
