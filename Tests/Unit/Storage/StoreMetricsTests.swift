import AccordTesting
import Foundation
import GRDB
import Platform
import RPC
import Storage
import Testing

/// A writer is answered before the commit is counted: closing the store waits for that.
@Suite struct StoreMetricsTests {
    private let metrics = MetricsRegistry()

    private func fixture(_ change: (inout StoreSettings) -> Void = { _ in }) throws -> StoreFixture {
        var settings = StoreSettings.disposable
        settings.metrics = metrics
        change(&settings)
        return try StoreFixture(settings)
    }

    private func value(_ name: String) -> Double? {
        let line = metrics.exposition().split(separator: "\n").first { $0.hasPrefix("\(name){service=\"scoring\"} ") }
        return line?.split(separator: " ").last.flatMap { Double($0) }
    }

    @Test func commitsAreTimedAndTheirRowsCounted() async throws {
        let fixture = try fixture()
        for index in 0..<3 {
            try await fixture.store.write { transaction in
                for part in 0..<4 { try StoreFixture.put("\(index)-\(part)", "text", transaction) }
            }
        }
        try await fixture.store.close()
        #expect(value("accord_store_commit_duration_seconds_count") == 3)
        #expect(value("accord_store_transaction_duration_seconds_count") == 3)
        #expect(value("accord_store_writes_per_commit_sum") == 3)
        #expect(value("accord_store_rows_changed_total") == 12)
        #expect(value("accord_store_rollbacks_total") == 0)
        #expect((value("accord_store_cache_hits_total") ?? 0) > 0)
    }

    @Test func aTransactionThatIsUndoneIsNoCommit() async throws {
        let fixture = try fixture()
        await #expect(throws: (any Error).self) { try await fixture.put("a", "") }
        try await fixture.store.close()
        #expect(value("accord_store_rollbacks_total") == 1)
        #expect(value("accord_store_commit_duration_seconds_count") == 0)
    }

    @Test func concurrentWritesShareCommits() async throws {
        let fixture = try fixture()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<200 { group.addTask { try? await fixture.put("\(index)") } }
        }
        try await fixture.store.close()
        #expect(value("accord_store_writes_per_commit_sum") == 200)
        #expect((value("accord_store_commit_duration_seconds_count") ?? 200) < 200)
    }

    @Test func theLogIsCopiedToTheFileWhenItIsLongAndDoesNotGrowOn() async throws {
        let fixture = try fixture { $0.checkpointPages = 20 }
        let text = String(repeating: "x", count: 3_000)
        for index in 0..<500 { try await fixture.put(String(format: "%05d", index), text) }
        let sizes = Dictionary(uniqueKeysWithValues: fixture.store.samples().map { ($0.name, $0.value) })
        #expect((sizes["accord_store_file_bytes"] ?? 0) > 1_000_000)
        let log = sizes["accord_store_wal_bytes"] ?? 0
        // Beside the writes it grows to eight times the limit at most, and by what one write adds.
        #expect(log > 0 && log < (8 * 20 + 30) * 4_120, "\(log)")
        #expect(sizes["accord_store_writes_waiting"] == 0)
        try await fixture.store.close()
        #expect((value("accord_store_checkpoint_duration_seconds_count") ?? 0) > 5)
        #expect(value("accord_store_checkpoint_failures_total") == 0)
    }

    @Test func `a log that cannot be copied at the end is counted, and the store is closed all the same`() async throws
    {
        let fixture = try fixture { $0.busyTimeout = .milliseconds(10) }
        try await fixture.put("a")
        let reader = try DatabasePool(path: fixture.folder.path("store.sqlite")).makeSnapshot()
        try await fixture.put("b")
        try await fixture.store.close()
        #expect(value("accord_store_checkpoint_failures_total") == 1)
        await #expect(throws: RPCError.self) { try await fixture.put("c") }
        #expect(try await StoreFixture(folder: fixture.folder).notes() == ["a", "b"])
        withExtendedLifetime(reader) {}
    }
}
