import Foundation
import Platform
import Storage
import Testing

/// Prints figures; run it with `ACCORD_MEASURE=1`, in a release build for figures that count.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["ACCORD_MEASURE"] != nil))
struct GroupCommitMeasurement {
    @Test func sixtyFourWritersCommitMoreRowsASecondThanOne() async throws {
        let fixture = try StoreFixture(StoreSettings())
        let body = String(repeating: "x", count: 500)
        let serial = try await rate(rows: 2_000) { count in
            for index in 0..<count { try await fixture.put("serial-\(index)", body) }
        }
        let grouped = try await rate(rows: 64 * 300) { count in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<64 {
                    group.addTask {
                        for index in 0..<count / 64 { try await fixture.put("\(writer)-\(index)", body) }
                    }
                }
                try await group.waitForAll()
            }
        }
        print("rows a second, one a write, synchronous=FULL: serial \(Int(serial)), 64 writers \(Int(grouped))")
        #expect(grouped > serial)
    }

    private func rate(rows: Int, _ run: (Int) async throws -> Void) async throws -> Double {
        let clock = ContinuousClock()
        let elapsed = try await clock.measure { try await run(rows) }
        return Double(rows) / (elapsed / .seconds(1))
    }
}
