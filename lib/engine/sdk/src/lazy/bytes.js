// SPDX-License-Identifier: Apache-2.0
const { getOwnPropertyDescriptor, getPrototypeOf, TypeError, uncurryThis } = core.primordials;

const getter = (object, name) => uncurryThis(getOwnPropertyDescriptor(object, name).get);
const TypedArray = getPrototypeOf(Uint8Array.prototype);
const { ArrayBuffer, DataView, Uint8Array: Bytes } = globalThis;
const { isView } = ArrayBuffer;
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");
const viewBuffer = getter(DataView.prototype, "buffer");
const viewOffset = getter(DataView.prototype, "byteOffset");
const viewLength = getter(DataView.prototype, "byteLength");
const arrayBuffer = getter(TypedArray, "buffer");
const arrayOffset = getter(TypedArray, "byteOffset");
const arrayLength = getter(TypedArray, "byteLength");
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
      : new Bytes(arrayBuffer(source), arrayOffset(source), arrayLength(source));
  }
  if (!isArrayBuffer(source)) throw new TypeError("Expected an ArrayBuffer or a view of one");
  return new Bytes(source);
}
