import Contracts
import Foundation
import Kernel
import Platform
import Storage
import SwiftProtobuf

/// Makes a store by telling the service a made-up year, in the order in which it happens, in batches of 500 leads.
struct StoreMaking {
    static let start = Instant(seconds: 1_764_547_200)  // 2025-12-01T00:00:00Z
    /// Leads come to be during 300 days; the last ones do all they do by the end.
    static let end = start.adding(.days(330))
    private static let days: Int64 = 300
    private static let batch = 500

    let service: BenchService
    let story: Story
    let leads: Int

    static func make(_ path: String, leads: Int, seed: UInt64, agreements: [WireAgreementVersion]) async throws {
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        let service = try BenchService(path, agreements: [agreements[0]], at: start, .replay)
        try await service.activate(agreements[0])
        try await StoreMaking(service: service, story: Story(seed: seed), leads: leads).tell()
        try await service.store.close()
    }

    private func tell() async throws {
        let batches = (leads + Self.batch - 1) / Self.batch
        let span = TimeSpan(microseconds: TimeSpan.days(Self.days).microseconds / Int64(batches))
        func after(_ days: Int64) -> Int { max(1, Int(TimeSpan.days(days).microseconds / span.microseconds)) }
        let (second, third) = (after(5), after(25))
        for step in 0..<batches + third {
            let now = Self.start.adding(TimeSpan(microseconds: span.microseconds * Int64(step + 1)))
            service.clock.advance(to: now)
            if step < batches { try await arrive(step, now) }
            try await visit(1, step - second, batches, now)
            try await change(step - after(10), batches, now)
            try await visit(2, step - third, batches, now)
            try await service.settle()
            if step % 100 == 99 { Self.note("\(step + 1) of \(batches + third) steps") }
        }
        service.clock.advance(to: Self.end)
        try await service.settle()
    }

    private func numbers(_ batch: Int) -> Range<Int> { batch * Self.batch..<min((batch + 1) * Self.batch, leads) }

    private func arrive(_ batch: Int, _ now: Instant) async throws {
        let createdAt = now.adding(.hours(-2))
        let response = try await service.client.upsertLeads(
            .with { request in
                request.leads = numbers(batch).map { story.lead($0, at: createdAt) }
                request.engagements = numbers(batch).flatMap { story.visit(0, of: $0, before: now) }
            })
        try require(response.results + response.engagementResults)
    }

    private func visit(_ visit: Int, _ batch: Int, _ batches: Int, _ now: Instant) async throws {
        guard (0..<batches).contains(batch) else { return }
        let response = try await service.client.recordEngagements(
            .with { request in
                request.engagements = numbers(batch).flatMap { story.visit(visit, of: $0, before: now) }
            })
        try require(response.results)
    }

    private func change(_ batch: Int, _ batches: Int, _ now: Instant) async throws {
        guard (0..<batches).contains(batch) else { return }
        let changes = numbers(batch).compactMap { story.change($0, at: now.adding(.hours(-3))) }
        try require(try await service.client.upsertLeads(.with { $0.leads = changes }).results)
        for number in numbers(batch) where Story.isTwin(number) {
            _ = try await service.client.mergeLeads(
                .with {
                    $0.leadID = Story.id(number - 1)
                    $0.mergedIds = [Story.id(number)]
                    $0.mergedBy = "revops@example.com"
                    $0.reason = "the same person"
                })
        }
    }

    private func require(_ results: [WireItemResult]) throws {
        guard let failed = results.first(where: { $0.status == .failed }) else { return }
        throw BenchFailure("not taken: \(try failed.jsonString())")
    }

    private static func note(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
