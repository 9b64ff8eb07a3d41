import Kernel
import RoutingDomain
import Testing

@Suite struct FairTurnTests {
    @Test func equalRepsShareThirtyLeadsExactly() {
        var members = Self.members(["a": 1, "b": 1])
        #expect(Self.deal(30, to: &members) == ["a": 15, "b": 15])
    }

    @Test func weightsTwoToThreeShareThirtyLeadsExactly() {
        var members = Self.members(["a": 2, "b": 3])
        #expect(Self.deal(30, to: &members) == ["a": 12, "b": 18])
    }

    @Test(arguments: [1, 2, 3, 4, 5, 10])
    func fourRepsWithWeightsGetTheirWeightsInEveryRound(rounds: Int) {
        var members = Self.members(["a": 7, "b": 1, "c": 3, "d": 41])
        let dealt = Self.deal(52 * rounds, to: &members)
        #expect(dealt == ["a": 7 * rounds, "b": rounds, "c": 3 * rounds, "d": 41 * rounds])
    }

    @Test func turnsAreSpreadAsNginxSpreadsThem() {
        var members = Self.members(["a": 5, "b": 1, "c": 1])
        let turns = (0..<14).compactMap { _ in FairTurn.pick(&members, eligible: [0, 1, 2]).map { members[$0].repID } }
        #expect(turns.joined() == "aabacaaaabacaa")
    }

    @Test func tiesGoToTheFirstMember() {
        var members = Self.members(["a": 1, "b": 1, "c": 1])
        let turns = (0..<6).compactMap { _ in FairTurn.pick(&members, eligible: [0, 1, 2]) }
        #expect(turns == [0, 1, 2, 0, 1, 2])
    }

    @Test(arguments: [0, 1, 2, 5])
    func aRepBackFromLeaveTakesTheirNormalTurn(before: Int) {
        var members = Self.members(["a": 1, "b": 1])
        _ = Self.deal(before, to: &members)
        #expect(Self.deal(100, to: &members, eligible: [1]) == ["b": 100])
        #expect(Self.deal(30, to: &members) == ["a": 15, "b": 15])
    }

    @Test func aLeadAmongManyCostsNoMoreThanALeadAmongFew() {
        var members = Self.members(Dictionary(uniqueKeysWithValues: "abcdefghij".map { (String($0), 1) }))
        _ = Self.deal(1, to: &members)
        #expect(Self.deal(9, to: &members, eligible: [0, 1]) == ["a": 4, "b": 5])
    }

    @Test func noOneEligibleMeansNoOneIsPickedAndNothingChanges() {
        var members = Self.members(["a": 1, "b": 2])
        let before = members
        #expect(FairTurn.pick(&members, eligible: []) == nil)
        #expect(members == before)
    }

    @Test func anEditKeepsTheTurnsOfThoseWhoStay() {
        var members = Self.members(["a": 1, "b": 1, "c": 1])
        _ = Self.deal(1, to: &members)
        let before = Dictionary(uniqueKeysWithValues: members.map { ($0.repID, $0.credit) })
        let credits = FairTurn.credits(of: ["c", "new", "a"], keeping: before)
        #expect(credits[0] == before["c"])
        #expect(credits[2] == before["a"])
        #expect(credits[1] == ((before["a"] ?? 0) + (before["c"] ?? 0)) / 2)
    }

    @Test func aNewMemberIsNeitherFloodedNorStarved() {
        var members = Self.members(["a": 1, "b": 1])
        _ = Self.deal(99, to: &members)
        let before = Dictionary(uniqueKeysWithValues: members.map { ($0.repID, $0.credit) })
        var grown = Self.members(["a": 1, "b": 1, "c": 1])
        for (position, credit) in FairTurn.credits(of: ["a", "b", "c"], keeping: before).enumerated() {
            grown[position].credit = credit
        }
        #expect(Self.deal(30, to: &grown).values.allSatisfy { (9...11).contains($0) })
    }

    static func members(_ weights: [String: Int]) -> [PoolMember] {
        weights.sorted { $0.key < $1.key }.map { PoolMember(repID: $0.key, weight: $0.value) }
    }

    static func deal(_ leads: Int, to members: inout [PoolMember], eligible: [Int]? = nil) -> [String: Int] {
        var dealt: [String: Int] = [:]
        for _ in 0..<leads {
            guard let picked = FairTurn.pick(&members, eligible: eligible ?? Array(members.indices)) else { continue }
            dealt[members[picked].repID, default: 0] += 1
        }
        return dealt
    }
}
