import Testing

@testable import byteedit

@Suite struct AvailableCoresTests {
  @Test func `are those of the affinity, and no more than the share of time rounded up`() {
    #expect(AvailableCores.count(affinity: 8, share: nil) == 8)
    for (share, count) in [(0.5, 1), (1.0, 1), (1.5, 2), (4, 4), (8, 8), (64, 8), (0, 8)] {
      #expect(AvailableCores.count(affinity: 8, share: share) == count, "\(share)")
    }
    #expect(AvailableCores.count(affinity: 0, share: nil) == 1)
    #expect(AvailableCores.affinity >= 1 && AvailableCores.count <= AvailableCores.affinity)
  }
}
