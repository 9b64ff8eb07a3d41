import Kernel
import Testing

@testable import ICPDomain

@Suite struct TargetListDomainTests {
    static func target(_ id: String, _ marketing: String = "ana", _ sales: String = "ben", note: String = "")
        -> TargetList.Target
    {
        TargetList.Target(accountID: id, marketingOwner: marketing, salesOwner: sales, note: note)
    }

    @Test func theSameListHasTheSameBytes() {
        let one = TargetList(name: "Named", targets: [Self.target("b"), Self.target("a")])
        let other = TargetList(name: "Named", targets: [Self.target("a"), Self.target("b")])
        #expect(one.canonicalJSON == other.canonicalJSON)
        #expect(one.canonicalJSON != TargetList(name: "Named", targets: [Self.target("a")]).canonicalJSON)
    }

    @Test func aPairOfOwnersIsTwoPeople() {
        #expect(TargetList.fault(marketingOwner: "ana", salesOwner: "ben") == nil)
        #expect(TargetList.fault(marketingOwner: "Ana", salesOwner: " ana ")?.expected == "two people")
        #expect(TargetList.fault(marketingOwner: "", salesOwner: "ben")?.found == "no marketing owner")
        #expect(TargetList.fault(marketingOwner: "ana", salesOwner: " ")?.found == "no sales owner")
    }

    @Test func saysWhatChangedByAccount() {
        let before = TargetList(
            name: "Named", targets: [Self.target("a"), Self.target("b"), Self.target("c", note: "x")])
        let after = TargetList(
            name: "Named 2027", targets: [Self.target("a", "ana", "cleo"), Self.target("c"), Self.target("d")])
        #expect(
            TargetChange.between(before, after).map(\.sentence) == [
                "name Named -> Named 2027", "a: sales owner ben -> cleo", "b: removed", "c: note x -> none",
                "d: added (marketing ana, sales ben)",
            ])
        #expect(TargetChange.between(before, before).isEmpty)
        #expect(TargetChange.between(nil, before).map(\.kind) == [.added, .added, .added])
    }

    @Test func twoPeopleSignOneForEachSide() {
        let now = Instant(seconds: 1)
        var life = TargetListLife(state: .proposed, digest: "d")
        let first = life.sign(side: .marketing, signer: "ana", digest: "D", now: now)
        guard case .signed(let signature) = first else { return #expect(Bool(false), "\(first)") }
        life.state = .partlySigned
        life.signatures = [signature]
        #expect(life.sign(side: .marketing, signer: " ANA", digest: nil, now: now) == .alreadySigned)
        guard case .refused = life.sign(side: .marketing, signer: "cleo", digest: nil, now: now),
            case .refused = life.sign(side: .sales, signer: "Ana", digest: nil, now: now),
            case .refused = life.sign(side: .sales, signer: "ben", digest: "other", now: now),
            case .completed = life.sign(side: .sales, signer: "ben", digest: "d", now: now)
        else { return #expect(Bool(false)) }
        life.state = .superseded
        guard case .refused = life.sign(side: .sales, signer: "ben", digest: nil, now: now) else {
            return #expect(Bool(false))
        }
    }
}
