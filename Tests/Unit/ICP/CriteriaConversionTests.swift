import Contracts
import Criteria
import Hosting
import Kernel
import SwiftProtobuf
import Testing

@Suite struct CriteriaConversionTests {
    static let tree = Criteria.all([
        .leaf(Criteria.Leaf(field: "company.employees", op: .gte, value: .number(200))),
        .any([
            .leaf(Criteria.Leaf(field: "company.industry", op: .isIn, value: .list([.text("a"), .text("b")]))),
            .none([.leaf(Criteria.Leaf(field: "person.email", op: .exists))]),
        ]),
        .behaviour(
            Criteria.Behaviour(
                event: "page_view",
                filter: .leaf(Criteria.Leaf(field: "engagement.channel", op: .eq, value: .text("web"))),
                within: .days(30), atLeast: 0, atMost: 4)),
    ])

    @Test func comesBackFromTheWire() throws {
        #expect(try Criteria(Self.tree.wire, path: "when") == Self.tree)
        let json = try WireCriteria(jsonString: Self.tree.wire.jsonString())
        #expect(try Criteria(json, path: "when") == Self.tree)
    }

    @Test func everyFaultOfShapeIsReported() throws {
        let wire = WireCriteria.with {
            $0.all = [
                WireCriteria(),
                .with {
                    $0.field = "company.name"
                    $0.event = "x"
                },
                .with {
                    $0.field = "company.name"
                    $0.op = "equals"
                },
                .with {
                    $0.event = "x"
                    $0.within = "a while"
                },
                .with {
                    $0.field = "company.name"
                    $0.op = "eq"
                    $0.value = Google_Protobuf_Value(structValue: Google_Protobuf_Struct())
                },
            ]
        }
        do throws(CriteriaFaults) {
            _ = try Criteria(wire, path: "rules[2].when")
            Issue.record("it was accepted")
        } catch {
            #expect(
                error.faults.map(\.path) == [
                    "rules[2].when.all[0]", "rules[2].when.all[1]", "rules[2].when.all[2].op",
                    "rules[2].when.all[3].within", "rules[2].when.all[4].value",
                ])
            #expect(error.faults[1].found == "field and event")
            #expect(error.violations.count == 5)
        }
    }

    @Test func depthIsBounded() {
        var wire = WireCriteria.with { $0.event = "x" }
        for _ in 0..<20 {
            let inner = wire
            wire = .with { $0.all = [inner] }
        }
        #expect(throws: CriteriaFaults.self) { try Criteria(wire, path: "when") }
    }
}
