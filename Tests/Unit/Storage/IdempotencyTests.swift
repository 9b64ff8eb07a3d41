import Contracts
import GRDB
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf
import Testing

/// A call with an idempotency key has one effect and one answer.
@Suite struct IdempotencyTests {
    private func put(_ fixture: StoreFixture, key: String?, id: String, path: String = "/notes/Put") async throws
        -> String
    {
        let request = WireDropParkedRequest.with { $0.eventIds = [id] }
        return try await fixture.store.command(StoreFixture.context(key: key, path: path), request: request) {
            try StoreFixture.put(id, "text", $0)
            return WireEventResult.with { $0.eventID = id }
        }.eventID
    }

    @Test func aRetryGetsTheAnswerOfTheFirstCallAndRunsNothing() async throws {
        let fixture = try StoreFixture()
        #expect(try await put(fixture, key: "k", id: "a") == "a")
        #expect(try await put(fixture, key: "k", id: "a") == "a")
        #expect(try await fixture.notes() == ["a"])
        await #expect(throws: DatabaseError.self) { try await put(fixture, key: nil, id: "a") }
    }

    @Test func concurrentRetriesHaveOneEffect() async throws {
        let fixture = try StoreFixture()
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await put(fixture, key: "k", id: "a") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: "a", count: 50))
    }

    @Test func aKeyIsForOneMethodAndOneRequest() async throws {
        let fixture = try StoreFixture()
        _ = try await put(fixture, key: "k", id: "a")
        for (id, path) in [("b", "/notes/Put"), ("a", "/notes/Other")] {
            await #expect {
                try await put(fixture, key: "k", id: id, path: path)
            } throws: {
                ($0 as? RPCError)?.code == .invalidArgument
            }
        }
        await #expect(throws: RPCError.self) {
            try await put(fixture, key: String(repeating: "k", count: 256), id: "c")
        }
        #expect(try await fixture.notes() == ["a"])
    }

    @Test func aFailedCallIsNotRemembered() async throws {
        let fixture = try StoreFixture()
        await #expect(throws: RPCError.self) {
            try await fixture.store.command(StoreFixture.context(key: "k")) { _ -> WireEventResult in
                throw RPCError(.unavailable, "not now")
            }
        }
        #expect(try await put(fixture, key: "k", id: "a") == "a")
    }

    @Test func answersAreForgottenAfterTheirTime() async throws {
        let fixture = try StoreFixture()
        _ = try await put(fixture, key: "k", id: "a")
        #expect(try await fixture.store.trim(Retention(), subscribers: []) == 0)
        fixture.clock.advance(by: .days(3))
        #expect(try await fixture.store.trim(Retention(), subscribers: []) == 1)
        #expect(try await put(fixture, key: "k", id: "b") == "b")
    }
}
