// SPDX-License-Identifier: Apache-2.0
// Stands in for tr46 inside of "url": the URL Standard says that an ASCII domain without a label
// that starts with "xn--" is only put in lower case.
export function toASCII(domain, options) {
  if (!options.verifyDNSLength && /^[\0-\x7f]*$/.test(domain) && !/(^|\.)xn--/i.test(domain)) {
    return domain.toLowerCase();
  }
  return core.load("idna").toASCII(domain, options);
}
