import AccordTesting
import Foundation
import ICPDomain
import Kernel
import Testing

/// Laws of the diff. `ACCORD_SEED` replays a failure, `ACCORD_CASES` asks for more.
@Suite struct DiffProperties {
    static let environment = ProcessInfo.processInfo.environment
    static let seed = TestSeed.value(default: 20_261_123)
    static let cases = environment["ACCORD_CASES"].flatMap(Int.init) ?? 300

    /// The fullest agreement there is here: something in every section.
    static func fullest() throws -> Tree {
        try Agreement.read(
            small(
                "attribution: {model: linear, window: 90d}\n",
                """
                attribution: {model: linear, window: 90d}
                stages:
                  definitions:
                    - {kind: mql, name: MQL, definition: Meets the threshold and fits, owner: marketing}
                    - {kind: sql, name: SQL, definition: A discovery call is booked, owner: sales}
                targets: {acceptance_rate: 0.7, mql_to_sql: 0.4, revenue_per_quarter: {minor_units: 100000, currency: USD}}
                content:
                  assets:
                    - {id: guide, name: Guide, stage: engaged}
                    - {id: calculator, name: Calculator, stage: sql}
                reviews: {interval: 90d, intervals: {scoring: 30d}}
                """)
        ).tree
    }

    @Test func everyChangeOfOneValueIsMentioned() throws {
        let base = try Self.fullest()
        let places = base.places
        #expect(places.count > 80)
        for place in places {
            let changed = base.replacing(place, with: Self.other(try #require(base.value(place))))
            let changes = AgreementDiff.between(base, changed)
            let isMentioned = changes.contains { !$0.sentence.isEmpty && $0.before != $0.after }
            #expect(isMentioned, "\(place): \(changes)")
            let section = place[0]
            #expect(changes.allSatisfy { $0.path.hasPrefix(section) }, "\(place): \(changes.map(\.path))")
            #expect(!AgreementDiff.between(changed, base).isEmpty, "\(place), the other way round")
        }
    }

    @Test func everyPartThatIsTakenAwayIsMentioned() throws {
        let base = try Self.fullest()
        for place in base.parts {
            let changed = base.replacing(place, with: nil)
            let sentences = AgreementDiff.between(base, changed).map(\.sentence)
            #expect(!sentences.isEmpty && sentences.allSatisfy { !$0.isEmpty }, "\(place)")
            #expect(!AgreementDiff.between(changed, base).isEmpty, "\(place), the other way round")
        }
    }

    @Test func theDiffIsEmptyExactlyWhenTheAgreementsAreTheSame() throws {
        print("diff: ACCORD_SEED=\(Self.seed) ACCORD_CASES=\(Self.cases)")
        let base = try Self.fullest()
        for number in 0..<Self.cases {
            var random = SeededRandom(seed: Self.seed &+ UInt64(number))
            let left = Self.varied(base, &random)
            let right = Bool.random(using: &random) ? Self.varied(left, &random) : Self.varied(base, &random)
            let isSame = left.canonicalJSON == right.canonicalJSON
            #expect(AgreementDiff.between(left, right).isEmpty == isSame, "case \(number)")
            #expect(AgreementDiff.between(left, left).isEmpty, "case \(number)")
        }
    }

    /// Changes at most a few places; at times none, at times the same one there and back.
    private static func varied(_ tree: Tree, _ random: inout SeededRandom) -> Tree {
        var varied = tree
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let places = Bool.random(using: &random) ? varied.places : varied.parts
            guard let place = places.randomElement(using: &random), let value = varied.value(place) else { continue }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: varied = varied.replacing(place, with: nil)
            case 1: varied = varied.replacing(place, with: other(value))
            case 2: varied = varied.replacing(place, with: value)
            default: varied = varied.swapping(place)
            }
        }
        return varied
    }

    /// Another value of the same kind, also one that reads the same to people.
    private static func other(_ tree: Tree) -> Tree {
        switch tree {
        case .null: .boolean(true)
        case .boolean(let value): .boolean(!value)
        case .number(let number): .text(Int64(exactly: number).map { String($0) } ?? String(number))
        case .text(let text): .text(text + String(repeating: "x", count: 90))
        case .list(let parts): .list(parts + [.text("one more")])
        case .map(let entries):
            .map(entries.filter { $0.key != "more" } + [Tree.Entry("more", .number(Double(entries.count)))])
        }
    }
}

extension Tree {
    /// The ways to all single values: keys, and numbers of parts.
    var places: [[String]] { ways { if case .map = $0 { false } else if case .list = $0 { false } else { true } } }

    /// The ways to all lists, maps and their parts.
    var parts: [[String]] { ways { if case .map = $0 { true } else if case .list = $0 { true } else { false } } }

    private func ways(_ isWanted: (Tree) -> Bool) -> [[String]] {
        var found: [[String]] = []
        for (step, child) in children {
            if isWanted(child) { found.append([step]) }
            found += child.ways(isWanted).map { [step] + $0 }
        }
        return found
    }

    private var children: [(step: String, tree: Tree)] {
        switch self {
        case .map(let entries): entries.map { ($0.key, $0.value) }
        case .list(let parts): parts.enumerated().map { (String($0.offset), $0.element) }
        case .null, .boolean, .number, .text: []
        }
    }

    func value(_ place: [String]) -> Tree? {
        guard let step = place.first else { return self }
        return children.first { $0.step == step }?.tree.value(Array(place.dropFirst()))
    }

    /// - Parameter tree: nil takes the value away, and what is empty without it: agreements have nothing empty.
    func replacing(_ place: [String], with tree: Tree?) -> Tree {
        guard let step = place.first else { return tree ?? .null }
        let rest = Array(place.dropFirst())
        func next(_ child: Tree) -> Tree? {
            let next = rest.isEmpty ? tree : child.replacing(rest, with: tree)
            return next == .map([]) || next == .list([]) ? nil : next
        }
        switch self {
        case .map(let entries):
            return .map(
                entries.compactMap { entry in
                    entry.key == step ? next(entry.value).map { Entry(step, $0) } : entry
                })
        case .list(let parts):
            return .list(parts.enumerated().compactMap { String($0.offset) == step ? next($0.element) : $0.element })
        case .null, .boolean, .number, .text: return self
        }
    }

    /// Turns a list round.
    func swapping(_ place: [String]) -> Tree {
        guard case .list(let parts)? = value(place) else { return self }
        return replacing(place, with: .list(parts.reversed()))
    }
}
