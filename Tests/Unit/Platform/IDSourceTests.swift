import Platform
import Testing

@Suite struct IDSourceTests {
    @Test func seededIDsSortInTheOrderInWhichTheyWereMade() {
        let source = SeededIDSource(seed: 7)
        let ids = (0..<2_000).map { _ in source.next() }
        #expect(ids.sorted() == ids)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count == 26 })
    }

    @Test func sourcesOfDifferentSeedsShareNoID() {
        let sources = (0..<50).map { SeededIDSource(seed: $0) }
        let ids = sources.flatMap { source in (0..<20).map { _ in source.next() } }
        #expect(Set(ids).count == ids.count)
    }

    @Test func randomIDsOfOneMomentDiffer() {
        let source = RandomIDSource()
        let ids = (0..<500).map { _ in source.next() }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count == 26 })
    }
}
