import { BlockList, isIP } from 'node:net'

/** Networks of the IPv4 special-purpose registry that are not for the public, and multicast. */
const CLOSED_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const

/** Within global unicast: protocol assignments with Teredo, documentation, 6to4 and its successors. */
const CLOSED_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const

const closed = new BlockList()
for (const [network, bits] of CLOSED_V4) closed.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of CLOSED_V6) closed.addSubnet(network, bits, 'ipv6')
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

/**
 * Is this an address of the public internet? Everything private, local, reserved, for documentation, or carrying another address inside is
 * not, nor is what is no address.
 *
 * Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 4) return !closed.check(text, 'ipv4')
  if (isIP(text) !== 6 || text.includes('%')) return false
  return globalUnicast.check(text, 'ipv6') && !closed.check(text, 'ipv6')
}
