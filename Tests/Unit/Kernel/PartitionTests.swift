import Kernel
import Testing

/// The vectors by which any client can test itself; computed apart from this code, in Python.
@Suite struct PartitionTests {
    @Test(
        arguments: [
            ("", 0xcbf2_9ce4_8422_2325, 0xefd0_1f60_ba99_2926, 38),
            ("lead-1", 0x9de3_657a_c780_4415, 0xb8ad_619e_c6d2_41dc, 28),
            ("lead-2", 0x9de3_627a_c780_3efc, 0xcf73_4a7c_52eb_fe76, 54),
            ("lead-42", 0xc998_94a0_fee5_57ac, 0x20bc_c6f5_fb8b_59af, 47),
            ("foobar", 0x8594_4171_f739_67e8, 0x2c22_1949_22d1_672b, 43),
            ("Zürich", 0x0ef8_4159_6f67_fdc0, 0x24b2_2821_293c_05d0, 16),
            ("00000000-0000-0000-0000-000000000000", 0x7c38_4c62_18f2_99f1, 0x1e2d_fea2_dc3b_4b04, 4),
        ] as [(String, UInt64, UInt64, Int)])
    func keysFallIntoThePublishedPartitions(key: String, hash: UInt64, mixed: UInt64, partition: Int) {
        #expect(Partition.fnv1a(key.utf8) == hash)
        #expect(Partition.mix(hash) == mixed)
        #expect(Partition.of(key) == partition)
    }

    @Test func keysThatCountUpSpreadEvenly() {
        var counts = Array(repeating: 0, count: Partition.count)
        for number in 0..<64_000 { counts[Partition.of("lead-\(number)")] += 1 }
        #expect(counts.allSatisfy { (850...1_150).contains($0) })
    }
}
