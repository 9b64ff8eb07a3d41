import AccordTesting
import Contracts
import Kernel
import Platform
import SwiftProtobuf
import Testing

/// The order of merges does not matter. A failure prints its seed: run that one alone to replay it.
@Suite struct MergeOrderTests {
    @Test(arguments: Array(UInt64(1)...12))
    func whatComesOutDependsOnWhatBelongsTogether(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let accounts = Self.accounts(&random)
        let merges = Self.merges(&random)
        let one = try await Self.outcome(accounts, merges)
        for _ in 0..<3 {
            let other = try await Self.outcome(accounts, merges.shuffled(using: &random))
            #expect(other == one, "seed \(seed): \(merges)")
        }
    }

    /// Twelve accounts, the last four owned by some of the first eight, which are owned by an account of their own.
    private static func accounts(_ random: inout SeededRandom) -> [WireAccount] {
        (0..<12).map { number in
            .with {
                $0.accountID = "a\(number)"
                if Bool.random(using: &random) { $0.name = "Name \(Int.random(in: 0...3, using: &random)) GmbH" }
                if Bool.random(using: &random) { $0.employees = Int64(number) }
                $0.domains = ["d\(Int.random(in: 0...20, using: &random)).com"]
                $0.technologies = ["t\(Int.random(in: 0...5, using: &random))"]
                $0.custom = ["x": .init(numberValue: Double(number))]
                if number >= 8 { $0.parentID = "a\(Int.random(in: 0...7, using: &random))" }
                if number < 8, Bool.random(using: &random) { $0.parentID = "top\(number % 3)" }
            }
        }
    }

    /// A forest over the first eight: each becomes part of at most one that has a smaller number.
    private static func merges(_ random: inout SeededRandom) -> [(into: String, id: String)] {
        (1..<8).compactMap { number in
            Int.random(in: 0...3, using: &random) == 0
                ? nil : ("a\(Int.random(in: 0..<number, using: &random))", "a\(number)")
        }
    }

    /// Everything that can be known of every id, without the trail, whose entries are in the order of the merges.
    private static func outcome(
        _ accounts: [WireAccount], _ merges: [(into: String, id: String)]
    ) async throws -> [WireStoredAccount] {
        let fixture = try IcpFixture()
        for account in accounts {
            try await fixture.store([account])
            fixture.service.clock.advance(by: .minutes(1))
        }
        for merge in merges { try await fixture.merge(merge.id, into: merge.into) }
        var outcome: [WireStoredAccount] = []
        for account in accounts {
            var stored = try await fixture.account(account.accountID)
            #expect(Set(stored.merges.map(\.mergedID)) == Set(stored.formerIds))
            stored.merges = []
            outcome.append(stored)
        }
        return outcome
    }
}
