import type { EdgeAnswer } from '../edge-answer.js';
import type { CheckResponse, HeaderOption } from './ext-authz.js';

/** `google.rpc.Code`. Envoy only distinguishes 0 from the others. */
const CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 500: 13, 503: 14 };
const PERMISSION_DENIED = 7;

export function checkResponse({ status, headers, body }: EdgeAnswer): CheckResponse {
  const options = Object.entries(headers).map(([key, value]) => replacing(key, value));
  if (status === 200) return { status: { code: 0, message: '' }, okResponse: { headers: options } };
  return {
    status: { code: CODES[status] ?? PERMISSION_DENIED, message: '' },
    deniedResponse: { status: { code: status }, headers: options, body },
  };
}

function replacing(key: string, value: string): HeaderOption {
  return { header: { key, value }, append: { value: false } };
}
