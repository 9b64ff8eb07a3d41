/// Where a key lives: one of 64 partitions, the same in Swift, in the proxy's header and in any client.
///
/// `partition = mix(FNV-1a-64(UTF-8 bytes of key)) mod 64`. FNV-1a: offset basis `cbf29ce484222325`, prime
/// `100000001b3` (Fowler, Noll, Vo). Its low bits are weak, so it is finished by the 64-bit mixer of MurmurHash3
/// (`fmix64`, Appleby).
public enum Partition {
    public static let count = 64

    public static func of(_ key: String) -> Int {
        Int(mix(fnv1a(key.utf8)) % UInt64(count))
    }

    public static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    public static func mix(_ hash: UInt64) -> UInt64 {
        var mixed = hash
        mixed ^= mixed >> 33
        mixed &*= 0xff51_afd7_ed55_8ccd
        mixed ^= mixed >> 33
        mixed &*= 0xc4ce_b9fe_1a85_ec53
        mixed ^= mixed >> 33
        return mixed
    }
}
