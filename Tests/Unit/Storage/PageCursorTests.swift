import Contracts
import RPC
import Storage
import SwiftProtobuf
import Testing

@Suite struct PageCursorTests {
    private func request(size: Int32 = 0, token: String = "") -> WirePageRequest {
        .with {
            $0.pageSize = size
            $0.pageToken = token
        }
    }

    @Test func absentPageIsTheFirstHundred() throws {
        let page = try PageCursor(request(), kind: "ListTimers")
        #expect(page.limit == 100)
        #expect(page.after == "")
        #expect(page.after(as: Int64.self) == nil)
        #expect(page.afterParts == nil)
    }

    @Test(arguments: [-1, 1_001, Int32.max, Int32.min])
    func sizesOutsideTheRangeAreRefused(size: Int32) {
        #expect {
            try PageCursor(request(size: size), kind: "ListTimers")
        } throws: {
            ($0 as? RPCError)?.code == .invalidArgument && ($0 as? RPCError)?.message.contains("page_size") == true
        }
    }

    @Test(arguments: ["a", "lead-0001", "ümläut 🦉", "1700000000000000", "+/=_-", String(repeating: "x", count: 500)])
    func tokensComeBackAsThePositionTheyWere(position: String) throws {
        let first = try PageCursor(request(size: 5), kind: "ListTimers", filter: "open")
        let token = first.nextToken(last: position)
        #expect(
            token.utf8.allSatisfy {
                ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 122) || $0 == 45 || $0 == 95
            })
        #expect(try PageCursor(request(token: token), kind: "ListTimers", filter: "open").after == position)
    }

    @Test func positionsOfSeveralColumnsKeepTheirParts() throws {
        let first = try PageCursor(request(), kind: "ListLeads")
        let next = try PageCursor(request(token: first.nextToken(last: "12", "", "lead-7")), kind: "ListLeads")
        #expect(next.afterParts == ["12", "", "lead-7"])
    }

    @Test func tokensOfAnotherListOrFilterAreRefused() throws {
        let token = try PageCursor(request(), kind: "ListTimers", filter: "open").nextToken(last: "7")
        for (kind, filter) in [("ListTimers", ""), ("ListLeads", "open"), ("ListTimers", "open2")] {
            #expect(throws: RPCError.self) {
                try PageCursor(request(token: token), kind: kind, filter: filter)
            }
        }
    }

    @Test func everyChangeOfACharacterIsNoticed() throws {
        let token = try PageCursor(request(), kind: "ListTimers").nextToken(last: "lead-42")
        for index in token.indices {
            var tampered = token
            tampered.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            #expect(throws: RPCError.self, "\(tampered)") {
                try PageCursor(request(token: tampered), kind: "ListTimers")
            }
        }
        for foreign in ["", "=", "AAAA", "not base64!", token + "A", String(token.dropLast())] where !foreign.isEmpty {
            #expect(throws: RPCError.self, "\(foreign)") {
                try PageCursor(request(token: foreign), kind: "ListTimers")
            }
        }
    }

    @Test func theLastPageHasNoToken() throws {
        let page = try PageCursor(request(size: 2), kind: "ListTimers")
        let full = page.cut(["a", "b", "c"]) { $0 }
        #expect(Array(full.items) == ["a", "b"])
        #expect(try PageCursor(request(token: full.nextPageToken), kind: "ListTimers").after == "b")
        #expect(page.cut(["a", "b"]) { $0 }.nextPageToken == "")
        #expect(page.cut([String]()) { $0 }.nextPageToken == "")
    }
}
