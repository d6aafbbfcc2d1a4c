// SPDX-License-Identifier: Apache-2.0
const { getOwnPropertyDescriptor, getPrototypeOf, TypeError, uncurryThis } = core.primordials;

const getter = (object, name) => uncurryThis(getOwnPropertyDescriptor(object, name).get);
const TypedArray = getPrototypeOf(Uint8Array.prototype);
const { Uint8Array: Bytes } = core.primordials;
const { ArrayBuffer, DataView } = globalThis;
const { isView } = ArrayBuffer;
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");
const viewBuffer = getter(DataView.prototype, "buffer");
const viewOffset = getter(DataView.prototype, "byteOffset");
const viewLength = getter(DataView.prototype, "byteLength");
// Of a typed array.
export const bufferOf = getter(TypedArray, "buffer");
export const offsetOf = getter(TypedArray, "byteOffset");
export const sizeOf = getter(TypedArray, "byteLength");
// "Uint8Array" and the like; undefined for anything else.
export const typedArrayName = getter(TypedArray, Symbol.toStringTag);

export function isArrayBuffer(value) {
  try {
    bufferLength(value);
    return true;
  } catch {
    return false;
  }
}

// The bytes of an ArrayBuffer or a view of one, shared with it.
export function bytesOf(source) {
  if (isView(source)) {
    return typedArrayName(source) === undefined
      ? new Bytes(viewBuffer(source), viewOffset(source), viewLength(source))
      : new Bytes(bufferOf(source), offsetOf(source), sizeOf(source));
  }
  if (!isArrayBuffer(source)) throw new TypeError("Expected an ArrayBuffer or a view of one");
  return new Bytes(source);
}
